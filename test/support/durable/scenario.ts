import { circuitBreakerEntity } from '../../../src/durable/entities/circuit-breaker.entity';
import { connectionSlotsEntity } from '../../../src/durable/entities/connection-slots.entity';
import { pipelineLeaseEntity } from '../../../src/durable/entities/pipeline-lease.entity';
import { backfillOrchestrator } from '../../../src/durable/orchestrators/backfill.orchestrator';
import { approvalOrchestrator } from '../../../src/durable/orchestrators/approval.orchestrator';
import { undoOrchestrator } from '../../../src/durable/orchestrators/undo.orchestrator';
import { deliveryOrchestrator } from '../../../src/durable/orchestrators/delivery.orchestrator';
import { ingestionOrchestrator } from '../../../src/durable/orchestrators/ingestion.orchestrator';
import { maintenanceOrchestrator } from '../../../src/durable/orchestrators/maintenance.orchestrator';
import { masterOrchestrator } from '../../../src/durable/orchestrators/master.orchestrator';
import { escalationOrchestrator } from '../../../src/durable/orchestrators/escalation.orchestrator';
import { monitoringOrchestrator } from '../../../src/durable/orchestrators/monitoring.orchestrator';
import { pipelineOrchestrator } from '../../../src/durable/orchestrators/pipeline.orchestrator';
import { processingOrchestrator } from '../../../src/durable/orchestrators/processing.orchestrator';
import { reviewOrchestrator } from '../../../src/durable/orchestrators/review.orchestrator';
import { windowOrchestrator } from '../../../src/durable/orchestrators/window.orchestrator';
import type { BreakerPolicy } from '../../../src/durable/contracts/entities';
import { ACTIVITIES, ENTITIES, ORCHESTRATORS } from '../../../src/durable/contracts/names';
import type { MasterInput, PipelineSteering } from '../../../src/durable/contracts/orchestrations';
import type { Outcome } from '../../../src/durable/contracts/outcome';
import { NO_ROWS } from '../../../src/model/counts';
import type { Failure, FailureClass } from '../../../src/model/failure';
import { Simulator, type Program, type SimulatedActivity } from './simulator';

/** Rows of each partition in the simulated pipelines. */
export const ROWS = 100;

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export function fail(code: string, kind: FailureClass, more: Partial<Failure> = {}): Outcome<never> {
  const failure: Failure = {
    class: kind,
    code,
    message: `${code} happened`,
    causes: [],
    dataState: 'nothing-loaded',
    nextAction: 'none',
    runbook: `docs/runbooks/${code}.md`,
    ...more,
  };
  return { ok: false, failure };
}

const blob = (path: string) => ({ path, bytes: 1, sha256: path });
const artifact = (path: string, rows: number) => ({ ...blob(path), rows, columns: [] });

/** Activities of a pipeline whose every partition has 100 rows, of which one is quarantined. */
export function wellBehaved(partitions = 2): Record<string, SimulatedActivity> {
  const window = (name: string, sum: (results: number) => object): SimulatedActivity => {
    return ((input: { window: number; results: unknown[]; step: string }) =>
      ok({
        window: input.window,
        manifest: blob(`${input.step}-${input.window}`),
        partitions: input.results.length,
        rows: input.results.length * ROWS,
        bytes: 10,
        counts: { ...NO_ROWS, ...sum(input.results.length) },
        name,
      })) as SimulatedActivity;
  };
  const counts = { ...NO_ROWS, read: partitions * ROWS, loaded: partitions * (ROWS - 1), quarantined: partitions };
  return {
    [ACTIVITIES.recordRun]: () => ok(null),
    [ACTIVITIES.checkCancel]: () => ok(null),
    [ACTIVITIES.planPipeline]: () =>
      ok({
        outcome: 'planned',
        pipelinePlan: blob('plan'),
        partitions,
        references: 0,
        notes: ['a note'],
        sliceLabel: '1 file',
      }),
    [ACTIVITIES.snapshotReferences]: () => ok([]),
    [ACTIVITIES.extractPartition]: ((input: { partition: number }) =>
      ok({
        partition: input.partition,
        artifact: artifact(`raw-${input.partition}`, ROWS),
        rejects: null,
        read: ROWS,
      })) as SimulatedActivity,
    [ACTIVITIES.transformPartition]: ((input: { partition: number }) =>
      ok({
        partition: input.partition,
        artifact: artifact(`good-${input.partition}`, ROWS - 1),
        quarantine: artifact(`bad-${input.partition}`, 1),
        counts: { ...NO_ROWS, read: ROWS, loaded: ROWS - 1, quarantined: 1 },
        checks: [],
        reasons: [],
      })) as SimulatedActivity,
    [ACTIVITIES.sealStep]: window('sealed', (results) => ({ read: results * ROWS, loaded: results * ROWS })),
    [ACTIVITIES.validatePipeline]: () =>
      ok({ verdict: 'passed', message: '', checks: [], reasons: [], exclusions: null, counts }),
    [ACTIVITIES.stagePartition]: ((input: { partition: number }) =>
      ok({ partition: input.partition, facts: { rows: ROWS - 1, checksums: {} } })) as SimulatedActivity,
    [ACTIVITIES.publish]: () => ok({ load: 7, rows: counts.loaded, verifications: [], alreadyPublished: false }),
    [ACTIVITIES.advanceWatermark]: () => ok(null),
    [ACTIVITIES.discardStaging]: () => ok(null),
    [ACTIVITIES.closeOrphanedRuns]: () => ok({ task: 'close-orphaned-runs', items: [], count: 0 }),
    [ACTIVITIES.dropStaleStaging]: () => ok({ task: 'drop-stale-staging', items: [], count: 0 }),
    [ACTIVITIES.sweepArtifacts]: () => ok({ task: 'sweep-artifacts', items: [], count: 0 }),
    [ACTIVITIES.pruneHistories]: () => ok({ task: 'prune-histories', items: [], count: 0 }),
    [ACTIVITIES.purgeHistories]: () => ok({ task: 'purge-histories', items: [], count: 0 }),
  };
}

export function programOf(activities: Record<string, SimulatedActivity>): Program {
  return {
    orchestrators: {
      [ORCHESTRATORS.master]: masterOrchestrator,
      [ORCHESTRATORS.pipeline]: pipelineOrchestrator,
      [ORCHESTRATORS.ingestion]: ingestionOrchestrator,
      [ORCHESTRATORS.processing]: processingOrchestrator,
      [ORCHESTRATORS.delivery]: deliveryOrchestrator,
      [ORCHESTRATORS.window]: windowOrchestrator,
      [ORCHESTRATORS.maintenance]: maintenanceOrchestrator,
      [ORCHESTRATORS.review]: reviewOrchestrator,
      [ORCHESTRATORS.backfill]: backfillOrchestrator,
      [ORCHESTRATORS.undo]: undoOrchestrator,
      [ORCHESTRATORS.monitoring]: monitoringOrchestrator,
      [ORCHESTRATORS.approval]: approvalOrchestrator,
      [ORCHESTRATORS.escalation]: escalationOrchestrator,
    },
    entities: {
      [ENTITIES.circuitBreaker]: circuitBreakerEntity as never,
      [ENTITIES.pipelineLease]: pipelineLeaseEntity as never,
      [ENTITIES.connectionSlots]: connectionSlotsEntity as never,
      [ENTITIES.slotPool]: connectionSlotsEntity as never,
    },
    activities,
  };
}

export function breaker(connection: string, more: Partial<BreakerPolicy> = {}): BreakerPolicy {
  return {
    connection,
    failureRate: 0.5,
    minimumCalls: 10,
    windowMs: 120_000,
    openForMs: 60_000,
    whenOpen: 'wait',
    maxWaitMs: 600_000,
    ...more,
  };
}

export function steering(more: Partial<PipelineSteering> = {}): PipelineSteering {
  return {
    onOverlap: 'queue',
    retry: { maxAttempts: 3, firstDelay: '2s', backoff: 2, maxDelay: '1m', maxTotal: '30m' },
    sourceConnection: breaker('landing'),
    targetConnection: breaker('warehouse'),
    ...more,
  };
}

/** A master input over levels of pipelines; `dependsOn` is every pipeline of the level before unless given. */
export function masterInput(runId: string, levels: string[][], more: Partial<MasterInput> = {}): MasterInput {
  const names = levels.flat();
  const dependsOn = Object.fromEntries(
    levels.flatMap((level, index) => level.map((name) => [name, index === 0 ? [] : levels[index - 1]!] as const)),
  );
  return {
    runId,
    plan: blob(`plans/${runId}`),
    correlationId: 'c',
    levels,
    dependsOn,
    steering: Object.fromEntries(names.map((name) => [name, steering()])),
    maxParallel: 4,
    ...more,
  };
}

export function simulate(overrides: Record<string, SimulatedActivity> = {}, partitions = 2): Simulator {
  return new Simulator(programOf({ ...wellBehaved(partitions), ...overrides }));
}
