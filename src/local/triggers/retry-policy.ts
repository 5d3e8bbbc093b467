import type { Invocation, InvocationOutcome } from '../worker/function-app';
import type { RpcDuration, RpcRetryOptions } from '../worker/rpc';

/**
 * Repeats a failing call as the function's `retry` says; without one it is made once.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
 */
export async function withRetryPolicy(
  policy: RpcRetryOptions | undefined,
  attempt: (context: Pick<Invocation, 'retryContext'>) => Promise<InvocationOutcome>,
  wait: (ms: number) => Promise<void>,
): Promise<InvocationOutcome> {
  const most = policy?.maxRetryCount ?? 0;
  for (let retryCount = 0; ; retryCount += 1) {
    const outcome = await attempt(policy === undefined ? {} : { retryContext: { retryCount, maxRetryCount: most } });
    if (outcome.ok || policy === undefined || (most >= 0 && retryCount >= most)) return outcome;
    await wait(delayMs(policy, retryCount));
  }
}

function delayMs(policy: RpcRetryOptions, retryCount: number): number {
  if (policy.retryStrategy !== 'exponentialBackoff') return milliseconds(policy.delayInterval);
  const growing = milliseconds(policy.minimumInterval) * 2 ** retryCount;
  return Math.min(growing, milliseconds(policy.maximumInterval));
}

function milliseconds(duration: RpcDuration | null | undefined): number {
  return (duration?.seconds ?? 0) * 1000;
}
