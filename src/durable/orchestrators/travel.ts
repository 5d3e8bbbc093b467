import type { OrchestrationContext } from 'durable-functions';
import { ChecksFailedError } from '../../errors/checks-failed-error';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { toFailure } from '../../errors/to-failure';
import type { DataState, Failure } from '../../model/failure';
import type { Step } from '../../model/status';
import { retryPolicyOf } from '../../resilience/retry-policy';
import type { PlanResult, ReferenceRef } from '../contracts/activities';
import type { BreakerPolicy } from '../contracts/entities';
import { ACTIVITIES, ORCHESTRATORS } from '../contracts/names';
import type {
  DeliveryResult,
  IngestionResult,
  PipelineInput,
  ProcessingResult,
  StageOfRoadInput,
} from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { callChild } from './call-child';
import { callWithRetries } from './call-with-retries';
import { checkLedger } from './check-ledger';
import type { Compensation } from './compensate';
import { discardStaging } from './compensate';
import type { Durable } from './durable';
import type { Journey } from './journey';
import { confirmLease } from './lease';
import { pipelineScope } from './pipeline-scope';
import { timeOf } from './wait-for';

/** How the road ended when nothing failed. */
export type Arrival =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'up-to-date'; readonly reason: string }
  | { readonly kind: 'paused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * The road of the data, from plan to watermark. Notes in `journey` what it learns and in `undo` how to take back what a
 * step leaves behind, before the step begins.
 */
export function* travel(
  context: OrchestrationContext,
  input: PipelineInput,
  journey: Journey,
  undo: Compensation[],
): Durable<Arrival> {
  const plan = yield* makePlan(context, input, journey);
  if (!plan.ok) return failed(plan.failure);
  if (plan.value.outcome !== 'planned') return { kind: plan.value.outcome, reason: plan.value.reason };
  const { pipelinePlan, partitions } = plan.value;

  const references = yield* takeReferences(context, input, plan.value);
  if (!references.ok) return failed(references.failure);
  const part: StageOfRoadInput = {
    ...input,
    pipelinePlan,
    partitions,
    windows: [],
    references: references.value,
    validated: null,
  };

  const ingested = yield* callChild<IngestionResult>(
    context,
    childOf(ORCHESTRATORS.ingestion, part),
    scopeOf(input, 'extract'),
  );
  if (!ingested.ok) return failed(ingested.failure);
  journey.steps.push(...ingested.value.steps);
  journey.extracted = ingested.value.windows.reduce((sum, window) => sum + window.counts.read, 0);

  const toProcess = { ...part, windows: ingested.value.windows };
  const processed = yield* callChild<ProcessingResult>(
    context,
    childOf(ORCHESTRATORS.processing, toProcess),
    scopeOf(input, 'transform'),
  );
  if (!processed.ok) return failed(processed.failure);
  const { validated } = processed.value;
  journey.steps.push(...processed.value.steps);
  journey.validated = validated;
  const objection = judge(input, journey);
  if (objection) return failed(objection);

  const lease = yield* confirmLease(context, input);
  if (!lease.ok) return failed(lease.failure);
  undo.push(discardStaging(input));
  const toDeliver = { ...part, references: [], windows: processed.value.windows, validated };
  const delivered = yield* callChild<DeliveryResult>(
    context,
    childOf(ORCHESTRATORS.delivery, toDeliver),
    scopeOf(input, 'publish'),
  );
  if (!delivered.ok) return failed(delivered.failure);
  journey.steps.push(...delivered.value.steps);
  journey.published = delivered.value.published;
  const afterwards = delivered.value.afterCommit ?? ledgerFailure(input, journey, 'publish', 'published');
  return afterwards ? failed(afterwards) : { kind: 'loaded' };
}

function* makePlan(
  context: OrchestrationContext,
  input: PipelineInput,
  journey: Journey,
): Durable<Outcome<PlanResult>> {
  const startedAt = timeOf(context);
  const { outcome, retries } = yield* callWithRetries(context, ACTIVITIES.planPipeline, pipelineScope(input), {
    policy: retryPolicyOf(input.steering.retry),
    guard: { input, breakers: bothBreakers(input) },
  });
  journey.steps.push({ step: 'plan', startedAt, endedAt: timeOf(context), rows: 0, bytes: 0, retries });
  if (outcome.ok) {
    journey.notes = outcome.value.notes;
    if (outcome.value.outcome === 'planned') {
      journey.partitions = outcome.value.partitions;
      journey.sliceLabel = outcome.value.sliceLabel;
    }
  }
  return outcome;
}

function* takeReferences(
  context: OrchestrationContext,
  input: PipelineInput,
  plan: PlanResult & { readonly outcome: 'planned' },
): Durable<Outcome<readonly ReferenceRef[]>> {
  if (plan.references === 0) return { ok: true, value: [] };
  const { outcome } = yield* callWithRetries(
    context,
    ACTIVITIES.snapshotReferences,
    { ...pipelineScope(input), pipelinePlan: plan.pipelinePlan },
    { policy: retryPolicyOf(input.steering.retry) },
  );
  return outcome;
}

/** What stands against publishing, now that the whole slice is known. */
function judge(input: PipelineInput, journey: Journey): Failure | null {
  const imbalance = ledgerFailure(input, journey, 'validate', 'nothing-loaded');
  if (imbalance) return imbalance;
  const { validated } = journey;
  if (validated?.verdict !== 'failed') return null;
  return toFailure(new ChecksFailedError(validated.message), scopeOf(input, 'validate'), 'nothing-loaded');
}

function ledgerFailure(input: PipelineInput, journey: Journey, step: Step, state: DataState): Failure | null {
  const { validated, published, extracted } = journey;
  if (validated === null) return null;
  const problem = checkLedger({ extracted, counts: validated.counts, published: published?.rows ?? null });
  journey.balanced = problem === null;
  return problem === null ? null : toFailure(new LedgerImbalanceError(problem), scopeOf(input, step), state);
}

function childOf(name: 'ingestion' | 'processing' | 'delivery', input: StageOfRoadInput) {
  return { name, label: name, input };
}

function bothBreakers({ steering }: PipelineInput): readonly BreakerPolicy[] {
  const { sourceConnection, targetConnection } = steering;
  return sourceConnection.connection === targetConnection.connection
    ? [sourceConnection]
    : [sourceConnection, targetConnection];
}

function scopeOf({ runId, pipeline }: PipelineInput, step: Step) {
  return { runId, pipeline, step };
}

function failed(failure: Failure): Arrival {
  return { kind: 'failed', failure };
}
