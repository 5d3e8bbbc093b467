import type { OrchestrationContext } from 'durable-functions';
import { retryPolicyOf } from '../../resilience/retry-policy';
import { ACTIVITIES } from '../contracts/names';
import type { ProcessingResult, StageOfRoadInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { fanOut } from './fan-out';
import { pipelineScope } from './pipeline-scope';
import { timeOf } from './wait-for';

/**
 * Transforms every partition, then judges the slice as a whole. A failed verdict is an ok outcome: what it means is the
 * pipeline's affair. Input: `StageOfRoadInput` with the extract windows.
 */
export function* processingOrchestrator(context: OrchestrationContext): Durable<Outcome<ProcessingResult>> {
  const input = context.df.getInput<StageOfRoadInput>();
  const transformed = yield* fanOut(context, input, {
    step: 'transform',
    before: input.windows,
    exclusions: null,
    round: 0,
  });
  if (!transformed.ok) return transformed;
  const { windows, timing } = transformed.value;

  const startedAt = timeOf(context);
  const { outcome, retries } = yield* callWithRetries(
    context,
    ACTIVITIES.validatePipeline,
    { ...pipelineScope(input), pipelinePlan: input.pipelinePlan, windows, references: input.references },
    { policy: retryPolicyOf(input.steering.retry) },
  );
  if (!outcome.ok) return outcome;
  const validated = outcome.value;
  const step = { startedAt, endedAt: timeOf(context), rows: validated.counts.loaded, bytes: 0, retries };
  return { ok: true, value: { windows, validated, steps: [timing, { step: 'validate', ...step }] } };
}
