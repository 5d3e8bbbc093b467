import { computed, signal } from '@preact/signals';
import { isAtLeast, type Role } from '../model/role';
import { ask } from './api/client';
import type { Caller } from './api/types';

/** Who looks at the page; null until the app has said so. */
export const caller = signal<Caller | null>(null);

/** Whether the caller may do what takes a role. The server decides; this only leaves out what it would refuse. */
export function may(role: Role): boolean {
  return isAtLeast(caller.value?.role ?? null, role);
}

/** Asks the app who looks at it. */
export async function identify(): Promise<void> {
  caller.value = await ask<Caller>('GET', 'me');
}

/** The environment in words, for the header and the title. */
export const environment = computed(() => caller.value?.environment ?? '');
