import type { HttpRequest } from '@azure/functions';

/** The caller's `X-Correlation-Id`: letters, digits and `_ . : -`, at most 100; undefined for anything else. */
export function correlationOf(request: HttpRequest): string | undefined {
  const given = request.headers.get('x-correlation-id');
  return given !== null && /^[\w.:-]{1,100}$/.test(given) ? given : undefined;
}
