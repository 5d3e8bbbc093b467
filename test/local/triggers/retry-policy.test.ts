import { withRetryPolicy } from '../../../src/local/triggers/retry-policy';
import type { InvocationOutcome } from '../../../src/local/worker/function-app';
import type { RpcRetryOptions } from '../../../src/local/worker/rpc';

const FAILED: InvocationOutcome = { ok: false, error: { name: 'Error', message: 'no' } };
const DONE: InvocationOutcome = { ok: true, returnValue: undefined, outputs: {} };

async function play(policy: RpcRetryOptions | undefined, failures: number) {
  const waits: number[] = [];
  const contexts: unknown[] = [];
  const outcome = await withRetryPolicy(
    policy,
    async (context) => {
      contexts.push(context.retryContext);
      return contexts.length <= failures ? FAILED : DONE;
    },
    async (ms) => void waits.push(ms),
  );
  return { ok: outcome.ok, calls: contexts.length, waits, contexts };
}

describe('withRetryPolicy', () => {
  it('calls once without a policy', async () => {
    expect(await play(undefined, 9)).toEqual({ ok: false, calls: 1, waits: [], contexts: [undefined] });
  });

  it('repeats at fixed delays until it succeeds', async () => {
    const policy = { retryStrategy: 'fixedDelay', maxRetryCount: 5, delayInterval: { seconds: 2 } } as const;
    expect(await play(policy, 2)).toMatchObject({ ok: true, calls: 3, waits: [2000, 2000] });
  });

  it('gives up after the most retries and tells each call how many there were', async () => {
    const policy = { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 1 } } as const;
    const { ok, contexts } = await play(policy, 9);
    expect(ok).toBe(false);
    expect(contexts).toEqual([0, 1, 2].map((retryCount) => ({ retryCount, maxRetryCount: 2 })));
  });

  it('doubles exponential delays up to the longest', async () => {
    const policy = {
      retryStrategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 5 },
    } as const;
    expect((await play(policy, 5)).waits).toEqual([1000, 2000, 4000, 5000, 5000]);
  });
});
