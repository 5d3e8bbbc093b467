import type { HttpRequest } from '@azure/functions';
import { parseTraceparent } from '../../observability/tracing/traceparent';

/**
 * What the caller knows the request by: `X-Correlation-Id` (letters, digits and `_ . : -`, at most 100), or the trace that its `traceparent` names;
 * undefined for anything else.
 */
export function correlationOf(request: HttpRequest): string | undefined {
  const given = request.headers.get('x-correlation-id');
  if (given !== null && /^[\w.:-]{1,100}$/.test(given)) return given;
  return parseTraceparent(request.headers.get('traceparent'))?.traceId;
}
