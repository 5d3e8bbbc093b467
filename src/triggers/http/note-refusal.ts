import type { HttpRequest } from '@azure/functions';
import { reasonOf } from '../../errors/reason-of';
import { ApprovalOwnError } from '../../errors/approval-own-error';
import { RoleRequiredError } from '../../errors/role-required-error';
import { SignInRequiredError } from '../../errors/sign-in-required-error';
import type { TriggerServices } from '../trigger-services';
import { callerOf, roleOf } from './caller';
import { countedAs } from './limit-rate';
import { correlationOf } from './correlation';

type Refusal = SignInRequiredError | RoleRequiredError | ApprovalOwnError;

/** Whether a caller was sent away for who they are. */
export function isRefusal(error: unknown): error is Refusal {
  return [SignInRequiredError, RoleRequiredError, ApprovalOwnError].some((kind) => error instanceof kind);
}

/**
 * Writes into the audit trail that a caller was sent away: up to thirty times a minute for each, so that nobody fills it; all of them are logged. A
 * storage account that does not answer changes nothing about the answer.
 */
export async function noteRefusal(
  services: Pick<TriggerServices, 'callers' | 'rates' | 'stores' | 'clock' | 'log'>,
  request: HttpRequest,
  error: Refusal,
  invocationId: string,
): Promise<void> {
  const { stores, clock, log } = services;
  const { pathname } = new URL(request.url);
  const by = callerOf(services, request);
  const role = error instanceof RoleRequiredError ? error.role : roleOf(services, request);
  const neededRole = error instanceof ApprovalOwnError ? null : error.neededRole;
  log.warn('access-refused', {
    by,
    method: request.method,
    path: pathname,
    code: error.code,
    needed: neededRole,
  });
  if (services.rates.take('refusal', countedAs(services, request), clock.nowMs()) > 0) return;
  await stores.audit
    .append({
      at: clock.now(),
      action: 'access-refused',
      by,
      subject: `${request.method} ${pathname}`.slice(0, 200),
      detail: { code: error.code, neededRole, role },
      correlationId: correlationOf(request) ?? invocationId,
    })
    .catch((failed: unknown) => log.warn('audit-not-written', { action: 'access-refused', reason: reasonOf(failed) }));
}
