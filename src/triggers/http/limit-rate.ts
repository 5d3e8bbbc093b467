import { createHash } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import { TooManyRequestsError } from '../../errors/too-many-requests-error';
import type { TriggerServices } from '../trigger-services';
import { identify } from './caller';
import type { HttpRoute } from './http-route';
import type { RateClass } from './rate-limiter';

type Services = Pick<TriggerServices, 'callers' | 'rates' | 'clock'>;

/** Counts a request against what its caller may ask. @throws {TooManyRequestsError} */
export function limitRate(
  services: Services,
  request: HttpRequest,
  { role, method }: Pick<HttpRoute, 'role' | 'method'>,
): void {
  const of = classOf(services, request, role, method);
  const who = of === 'open' ? countedWithoutProof(services, request) : countedAs(services, request);
  const waitMs = services.rates.take(of, who, services.clock.nowMs());
  if (waitMs > 0) throw new TooManyRequestsError(waitMs);
}

/** Whom a request is counted for: a name that somebody vouches for, the key without its value, else the address. */
export function countedAs(services: Pick<TriggerServices, 'callers'>, request: HttpRequest): string {
  const { name, known } = identify(services, request);
  if (!known) return `address ${addressIn(request)}`;
  if (name !== 'function-key') return name;
  const key = request.headers.get('x-functions-key') ?? request.query.get('code') ?? '';
  return `key ${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

/** On a route without a role nobody has looked at a key, and the platform may have been told to leave it alone: whoever writes another one is the same. */
function countedWithoutProof({ callers }: Pick<TriggerServices, 'callers'>, request: HttpRequest): string {
  return callers.localUser === null ? `address ${addressIn(request)}` : `local:${callers.localUser}`;
}

function classOf(services: Services, request: HttpRequest, role: HttpRoute['role'], method: string): RateClass {
  if (role === null) return 'open';
  if (!identify(services, request).known) return 'unknown';
  return method === 'GET' ? 'read' : 'write';
}

/** The platform adds the address that it sees to what a caller claims: the last one is its own. */
function addressIn(request: HttpRequest): string {
  const last = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return last.replace(/:\d+$/, '').slice(0, 64) || 'none';
}
