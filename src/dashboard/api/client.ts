import { signal } from '@preact/signals';
import type { Problem } from './types';

const KEY = 'sluice-function-key';
/** The address that the API is below: the page is at `<base>/dashboard`. */
export const BASE = location.pathname.replace(/\/dashboard\/?$/, '');

/** What is to be done before the API answers: nothing, give a function key, or sign in. */
export const access = signal<'unknown' | 'open' | 'key' | 'sign-in'>('unknown');

/** A request that was refused or did not arrive. */
export class RequestFailed extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Keeps the key for as long as the tab is open. */
export function rememberKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}
export function forgetKey(): void {
  sessionStorage.removeItem(KEY);
}
export function hasKey(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

/**
 * Asks the API; the path is below its base. The key travels in a header, never in an address.
 * @throws {RequestFailed}
 */
export async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const key = sessionStorage.getItem(KEY);
  const answer = await fetch(`${BASE}/${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      ...(key !== null && { 'x-functions-key': key }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    credentials: 'same-origin',
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new RequestFailed(unreachable(path));
  });
  const json = await readJson(answer);
  if (answer.ok) {
    access.value = 'open';
    return json as T;
  }
  const problem = isProblem(json) ? json : unexplained(answer.status, path);
  // The host refuses a wrong key without a word; the app itself says what it wants.
  if (answer.status === 401) access.value = problem.code === 'sign-in-required' ? 'sign-in' : 'key';
  throw new RequestFailed(problem);
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

function unreachable(path: string): Problem {
  return {
    type: 'about:blank',
    title: 'Not reached',
    status: 0,
    detail: 'The app does not answer.',
    instance: path,
    code: 'unreachable',
    fix: 'Check your network. The page asks again by itself.',
  };
}

function unexplained(status: number, path: string): Problem {
  const known: Record<number, [string, string]> = {
    401: ['The app wants a function key.', 'Give one that the app knows.'],
    404: ['The app has nothing at this address.', 'Load the page again: another version may have been deployed.'],
    503: ['The app is starting, or too busy.', 'The page asks again by itself.'],
  };
  const [detail, fix] = known[status] ?? [
    `The app answered with ${status}.`,
    'Try again; the log of the app says more.',
  ];
  return { type: 'about:blank', title: String(status), status, detail, instance: path, code: `http-${status}`, fix };
}

/** What was thrown, as a problem to show. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RequestFailed) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { ...unexplained(0, location.hash), detail, fix: 'This is a bug of the page: load it again, and report it.' };
}
