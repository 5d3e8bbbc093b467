import type { ObserveCall } from '../../../model/observed-call';
import type { Fetch } from './certified-fetch';

/** `fetch`, with an observer told of each request when its answer begins: its method, never its address. */
export function observedFetch(connection: string, observe: ObserveCall | undefined): typeof fetch {
  if (observe === undefined) return fetch;
  return (address, init) => observed(connection, observe, init?.method ?? 'GET', () => fetch(address, init));
}

/** The same of a fetch that shows certificates; null where a connection has none. */
export function observedCertifiedFetch(
  connection: string,
  observe: ObserveCall | undefined,
  inner: Fetch | null,
): Fetch | null {
  if (observe === undefined || inner === null) return inner;
  return (address, init) => observed(connection, observe, 'GET', () => inner(address, init));
}

async function observed(
  connection: string,
  observe: ObserveCall,
  operation: string,
  call: () => Promise<Response>,
): Promise<Response> {
  const beganAtMs = Date.now();
  const began = performance.now();
  const ended = (failed: boolean): void =>
    observe({ system: 'http', operation, connection, beganAtMs, durationMs: performance.now() - began, failed });
  try {
    const answer = await call();
    ended(answer.status >= 400);
    return answer;
  } catch (error) {
    ended(true);
    throw error;
  }
}
