import type { ObserveCall } from '../../../model/observed-call';

/** `fetch`, with an observer told of each request when its answer begins: its method, never its address. */
export function observedFetch(connection: string, observe: ObserveCall | undefined): typeof fetch {
  if (observe === undefined) return fetch;
  return async (address, init) => {
    const beganAtMs = Date.now();
    const began = performance.now();
    const ended = (failed: boolean): void =>
      observe({
        system: 'http',
        operation: init?.method ?? 'GET',
        connection,
        beganAtMs,
        durationMs: performance.now() - began,
        failed,
      });
    try {
      const answer = await fetch(address, init);
      ended(answer.status >= 400);
      return answer;
    } catch (error) {
      ended(true);
      throw error;
    }
  };
}
