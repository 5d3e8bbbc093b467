import type { OrchestrationContext } from 'durable-functions';
import { PATIENT, retryPolicyOf } from '../../resilience/retry-policy';
import { NO_ROWS } from '../../model/counts';
import type { PublishOutcome, SealedWindow, StepTiming } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { DeliveryResult, StageOfRoadInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { fanOut } from './fan-out';
import { pipelineScope } from './pipeline-scope';
import { timeOf } from './wait-for';

/** The target lost its staging (a database server that crashed empties unlogged tables): staged again from the artifacts. */
const STAGING_LOST = 'staging-lost';
const MOST_ROUNDS = 3;

/**
 * Stages every partition, publishes in one transaction, advances the watermark. What fails after the commit is tried
 * with patience and reported beside the result, never as a failed delivery. Input: `StageOfRoadInput` with the
 * transform windows and the verdict.
 */
export function* deliveryOrchestrator(context: OrchestrationContext): Durable<Outcome<DeliveryResult>> {
  const input = context.df.getInput<StageOfRoadInput>();
  const steps: StepTiming[] = [];
  for (let round = 0; ; round++) {
    const staged = yield* fanOut(context, input, {
      step: 'stage',
      before: input.windows,
      exclusions: input.validated?.exclusions ?? null,
      round,
    });
    if (!staged.ok) return staged;
    steps.push(staged.value.timing);
    const published = yield* publish(context, input, staged.value.windows, steps);
    if (published.ok) return { ok: true, value: yield* advance(context, input, published.value, steps) };
    if (published.failure.code !== STAGING_LOST || round + 1 === MOST_ROUNDS) return published;
  }
}

function* publish(
  context: OrchestrationContext,
  input: StageOfRoadInput,
  windows: readonly SealedWindow[],
  steps: StepTiming[],
): Durable<Outcome<PublishOutcome>> {
  const startedAt = timeOf(context);
  const counts = input.validated?.counts ?? NO_ROWS;
  const { outcome, retries } = yield* callWithRetries(
    context,
    ACTIVITIES.publish,
    { ...pipelineScope(input), pipelinePlan: input.pipelinePlan, windows, counts },
    {
      policy: retryPolicyOf(input.steering.retry),
      guard: { input, breakers: [input.steering.targetConnection] },
      except: (failure) => failure.code === STAGING_LOST,
    },
  );
  const rows = outcome.ok ? outcome.value.rows : 0;
  steps.push({ step: 'publish', startedAt, endedAt: timeOf(context), rows, bytes: 0, retries });
  return outcome;
}

function* advance(
  context: OrchestrationContext,
  input: StageOfRoadInput,
  published: PublishOutcome,
  steps: StepTiming[],
): Durable<DeliveryResult> {
  const startedAt = timeOf(context);
  const { outcome, retries } = yield* callWithRetries(
    context,
    ACTIVITIES.advanceWatermark,
    { ...pipelineScope(input), pipelinePlan: input.pipelinePlan, load: published.load },
    { policy: PATIENT },
  );
  steps.push({ step: 'advance-watermark', startedAt, endedAt: timeOf(context), rows: 0, bytes: 0, retries });
  const afterCommit = outcome.ok ? null : { ...outcome.failure, dataState: 'published' as const };
  return { published, afterCommit, steps };
}
