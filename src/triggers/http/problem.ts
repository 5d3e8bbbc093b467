import type { HttpResponseInit } from '@azure/functions';
import { ConfirmationRequiredError } from '../../errors/confirmation-required-error';
import { DefinitionNotUsableError } from '../../errors/definition-not-usable-error';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { ProjectInvalidError } from '../../errors/project-invalid-error';
import { RoleRequiredError } from '../../errors/role-required-error';
import { SignInRequiredError } from '../../errors/sign-in-required-error';
import { toFailure } from '../../errors/to-failure';
import { redactFailure } from '../../observability/redact-failure';

/** Statuses of failures that are the caller's, by code; a code that is not here is the server's. */
export const STATUSES: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'sign-in-required': 401,
  'role-required': 403,
  'cross-site-request': 403,
  'authentication-off': 503,
  'too-many-requests': 429,
  'run-not-found': 404,
  'maintenance-not-found': 404,
  'alert-not-found': 404,
  'alert-resolved': 409,
  'quarantine-not-found': 404,
  'review-refused': 409,
  'originals-gone': 409,
  'undo-not-possible': 409,
  'rerun-not-possible': 409,
  'page-not-found': 404,
  'run-ended': 409,
  'backfill-not-found': 404,
  'backfill-ended': 409,
  'pipeline-paused': 409,
  'confirmation-required': 428,
  'approval-required': 409,
  'plan-outdated': 409,
  'approval-not-found': 404,
  'approval-decided': 409,
  'approval-own': 403,
  'approval-outdated': 409,
  'definition-not-found': 404,
  'definition-not-usable': 409,
  'backfill-not-possible': 422,
  'project-invalid': 409,
  'request-too-large': 413,
  'unsupported-media-type': 415,
  'idempotency-key-reused': 422,
  'invalid-parameters': 422,
  'unknown-pipeline': 422,
};
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  428: 'Precondition Required',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
const RETRY_AFTER_S = 10;

/**
 * The answer to a request that failed: a problem document (RFC 9457) with the failure's code, what to do about it, and
 * its runbook. What was thrown unexpectedly is not shown, only logged.
 */
export function toProblem(
  error: unknown,
  instance: string,
  statuses: Readonly<Record<string, number>> = {},
): HttpResponseInit {
  const failure = redactFailure(toFailure(error));
  const status = statuses[failure.code] ?? STATUSES[failure.code] ?? serverStatus(failure.class, failure.code);
  const unexpected = failure.code === 'unexpected-error';
  const body = {
    type: `urn:sluice:problem:${failure.code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail: unexpected ? 'The app failed in a way that it does not know; its log says how.' : failure.message,
    instance,
    code: failure.code,
    fix: failure.nextAction,
    ...(unexpected ? {} : { runbook: failure.runbook }),
    ...(error instanceof ProjectInvalidError && { problems: error.problems }),
    ...(error instanceof DefinitionNotUsableError && { problems: error.problems }),
    ...(error instanceof ConfirmationRequiredError && { confirm: error.confirm }),
    ...(error instanceof InvalidRequestError && { faults: error.faults }),
    ...(error instanceof SignInRequiredError && { neededRole: error.neededRole }),
    ...(error instanceof RoleRequiredError && { neededRole: error.neededRole, role: error.role }),
  };
  const retry =
    status === 503 || status === 429
      ? { 'Retry-After': String(Math.ceil((failure.retryAfterMs ?? RETRY_AFTER_S * 1000) / 1000)) }
      : {};
  // https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Bearer realm="sluice"' } : {};
  const headers = { 'Content-Type': 'application/problem+json', ...retry, ...challenge };
  return { status, headers, body: JSON.stringify(body) };
}

/** The status of a failure by its code alone, where the route says nothing else; a code that is not the caller's fault is the server's. */
export function statusOfCode(code: string): number {
  return STATUSES[code] ?? (code === 'unexpected-error' ? 500 : 503);
}

function serverStatus(failureClass: string, code: string): number {
  return code !== 'unexpected-error' && (failureClass === 'transient' || failureClass === 'infrastructure') ? 503 : 500;
}
