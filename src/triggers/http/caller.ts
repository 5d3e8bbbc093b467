import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import type { ApprovalRequest } from '../../model/approval';
import type { Role } from '../../model/role';
import { strongestOf } from '../../model/role';
import type { TriggerServices } from '../trigger-services';
import { principalOf } from './principal';

/** Who asks, and what they may do. */
export interface Caller {
  /** For the audit trail: `ann@example.com`, `key:release-bot`, `function-key`, `local:ann`, or `anonymous`. */
  readonly name: string;
  /** What stays the same of a person whatever they are called: their object id in Entra. Null where nobody knows one. */
  readonly id: string | null;
  /** Null where the caller has none. */
  readonly role: Role | null;
  /** Somebody vouches for the name: the platform, the host by its key, or this machine. */
  readonly known: boolean;
}

type Callers = Pick<TriggerServices, 'callers'>;

const ANONYMOUS: Caller = { name: 'anonymous', id: null, role: null, known: false };
/** Whoever holds a function key runs the app day by day; deciding about data and changes takes a name. */
const ROLE_OF_ANY_KEY: Role = 'operator';

/**
 * Who asks. The principal of App Service authentication counts only where that is on: the platform then removes what a caller sends in its
 * headers, and nowhere else. On this machine it is the user who runs the app. With a function key nobody knows more than that, unless
 * SLUICE_KEY_ROLES lists the key. Never anything from a body.
 */
export function identify({ callers }: Callers, request: HttpRequest): Caller {
  const principal = callers.appServiceAuthentication ? principalOf(request) : null;
  if (callers.mode === 'entra') {
    if (principal === null) return ANONYMOUS;
    return { name: principal.name ?? 'unnamed', id: principal.id, role: strongestOf(principal.roles), known: true };
  }
  if (callers.localUser !== null) return { name: `local:${callers.localUser}`, id: null, role: 'admin', known: true };
  const listed = listedKey(callers.keys, request);
  if (listed !== null) return { name: `key:${listed.name}`, id: null, role: listed.role, known: true };
  return { name: principal?.name ?? 'function-key', id: principal?.id ?? null, role: ROLE_OF_ANY_KEY, known: true };
}

/** Who asks, for the audit trail and run records. */
export function callerOf(services: Callers, request: HttpRequest): string {
  return identify(services, request).name;
}

/** Who asks for something that somebody else has to approve. */
export function requesterOf(
  services: Callers,
  request: HttpRequest,
): Pick<ApprovalRequest, 'requester' | 'requesterId'> {
  const { name, id } = identify(services, request);
  return { requester: name, ...(id !== null && { requesterId: id }) };
}

/** Whether who asks is who asked for something then: by the same name, however it is written, or by another name of the same account. */
export function isRequester({ name, id }: Caller, asked: Pick<ApprovalRequest, 'requester' | 'requesterId'>): boolean {
  return name.toLowerCase() === asked.requester.toLowerCase() || (id !== null && id === asked.requesterId);
}

/** The role of who asks; null where there is none. */
export function roleOf(services: Callers, request: HttpRequest): Role | null {
  return identify(services, request).role;
}

function listedKey(keys: TriggerServices['callers']['keys'], request: HttpRequest) {
  // The host has compared the key already, by these same two ways; here it is only named.
  const key = request.headers.get('x-functions-key') ?? request.query.get('code');
  if (key === null || keys.length === 0) return null;
  const hash = createHash('sha256').update(key).digest();
  return keys.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash)) ?? null;
}
