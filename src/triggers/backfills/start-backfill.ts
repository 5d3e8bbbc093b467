import { createHash, randomUUID } from 'node:crypto';
import { ORCHESTRATORS } from '../../durable/contracts/names';
import type { BackfillInput } from '../../durable/contracts/backfill';
import { BackfillNotPossibleError } from '../../errors/backfill-not-possible-error';
import { reasonOf } from '../../errors/reason-of';
import type { RunPlan } from '../../config/project';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { backfillWindows, type Span } from '../../model/backfill-windows';
import { masterInputOf } from '../../project/master-input-of';
import type { BackfillRecord, BackfillRequest } from '../../state/stores';
import type { RunnableProject } from '../definitions/definition-registry';
import { runIdOf, startKeyOf } from '../start-key';
import { keepReferenceFiles, planOf } from '../start-run';
import type { Orchestrations, TriggerServices } from '../trigger-services';

export interface BackfillStart extends Span {
  readonly pipeline: string;
  readonly maxParallel: number;
  readonly stopOnFailure: boolean;
  readonly reason: string;
  /** Although the pipeline may be paused. */
  readonly evenPaused?: boolean;
  readonly by: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean | null>>;
  /** Asking again with the same key gives the backfill that is there already. */
  readonly idempotencyKey?: string;
  readonly correlationId?: string;
}

/** A backfill that could be started, with nothing recorded. */
export interface CheckedBackfill {
  readonly id: string;
  readonly runnable: RunnableProject;
  readonly plan: RunPlan;
  readonly column: string;
  readonly spans: ReturnType<typeof backfillWindows>;
}

/**
 * Looks whether a backfill could be started.
 * @throws {BackfillNotPossibleError | ProjectInvalidError | UnknownPipelineError | InvalidParametersError | ApprovalRequiredError | RangeError} the
 * last for a span that cannot be cut.
 */
export async function checkBackfill(
  services: Pick<TriggerServices, 'definitions'>,
  start: BackfillStart,
): Promise<CheckedBackfill> {
  const { pipeline, parameters, evenPaused, idempotencyKey = randomUUID() } = start;
  const runnable = await services.definitions.runnable();
  const built = planOf(runnable, { pipelines: [pipeline], ...(parameters && { parameters }) });
  const plan = evenPaused === true ? { ...built, evenPaused: true } : built;
  const hash = createHash('sha256')
    .update(JSON.stringify(['backfill', pipeline, idempotencyKey]))
    .digest('hex');
  const column = columnOf(plan.project.pipelines[pipeline]);
  return { id: `bf-${hash.slice(0, 24)}`, runnable, plan, column, spans: backfillWindows(start) };
}

/**
 * Records a backfill and starts its orchestration; when the latter fails, the tick starts it.
 * @throws what `checkBackfill` throws, with nothing recorded.
 */
export async function startBackfill(
  services: TriggerServices,
  client: Orchestrations,
  start: BackfillStart,
): Promise<{ readonly id: string; readonly created: boolean; readonly windows: number }> {
  const { stores, clock, log } = services;
  const { pipeline, by, reason } = start;
  const { id, runnable, plan, column, spans } = await checkBackfill(services, start);
  const windows = spans.map(({ from, to }, window) => {
    const startKey = startKeyOf({ kind: 'backfill', backfill: id, window });
    return { from, to, startKey, runId: runIdOf(startKey) };
  });
  await keepReferenceFiles(stores.artifacts, plan, runnable.loaded.referenceFiles);
  const ref = await stores.artifacts.putJson('plans', plan);
  const correlationId = start.correlationId ?? id;
  const run = { runId: '', plan: ref, correlationId };
  const { levels, dependsOn, steering, maxParallel } = masterInputOf(plan, run, services.poolSlots);
  // A window that finds the pipeline at work, or outside of its hours, waits, whatever live runs do.
  const patient = Object.fromEntries(
    Object.entries(steering).map(([name, { runWindow, ...its }]) => [
      name,
      {
        ...its,
        onOverlap: 'queue' as const,
        ...(runWindow && { runWindow: { ...runWindow, outside: 'wait' as const } }),
      },
    ]),
  );
  const record: BackfillRequest = {
    id,
    pipeline,
    column,
    from: windows[0]?.from ?? '',
    to: windows.at(-1)?.to ?? '',
    window: String(start.window),
    maxParallel: start.maxParallel,
    stopOnFailure: start.stopOnFailure,
    reason,
    by,
    requestedAt: clock.now(),
    correlationId,
    plan: ref,
    masterInput: { levels, dependsOn, steering: patient, maxParallel },
    windows,
  };
  const created = await stores.backfills.create(record);
  if (!created) return { id, created, windows: (await stores.backfills.get(id))?.windows.length ?? 0 };
  await stores.audit
    .append({
      at: record.requestedAt,
      action: 'backfill-started',
      by,
      subject: id,
      detail: { pipeline, from: record.from, to: record.to, windows: windows.length, reason },
      correlationId,
    })
    .catch((error: unknown) => log.warn('audit-not-written', { backfill: id, reason: reasonOf(error) }));
  await startBackfillOrchestration(client, record).catch((error: unknown) =>
    log.warn('backfill-not-started-yet', { backfill: id, reason: reasonOf(error) }),
  );
  log.info('backfill-requested', { backfill: id, pipeline, windows: windows.length, by });
  return { id, created, windows: windows.length };
}

/** Starts the orchestration of a recorded backfill. */
export async function startBackfillOrchestration(
  client: Orchestrations,
  { id, windows, maxParallel, stopOnFailure }: Pick<BackfillRecord, 'id' | 'windows' | 'maxParallel' | 'stopOnFailure'>,
): Promise<void> {
  const input: BackfillInput = { backfill: id, windows: windows.length, maxParallel, stopOnFailure };
  await client.startNew(ORCHESTRATORS.backfill, { instanceId: id, input });
}

/** The column whose windows are loaded. What the source and the target hold is looked at by each window's own plan. */
function columnOf(config: PipelineConfig | undefined): string {
  const name = config?.pipeline ?? '';
  const { incremental } = config?.source ?? {};
  if (incremental?.by === 'file') {
    throw new BackfillNotPossibleError(
      `${name} takes files, which have no windows: copy those that are to be loaded again under a new name, or run the pipeline as a whole with replace`,
    );
  }
  if (incremental === undefined) {
    throw new BackfillNotPossibleError(
      `${name} takes everything in each run: run it again in place of a backfill, or give it incremental: { by: column }`,
    );
  }
  const disposition: string = config?.target.writeDisposition ?? '';
  if (disposition !== 'merge' && disposition !== 'append') {
    throw new BackfillNotPossibleError(
      `${name} loads with ${disposition}, which a window alone does not suit: run it again as a whole, or use merge with a key`,
    );
  }
  if (disposition === 'append' && incremental.start === undefined) {
    throw new BackfillNotPossibleError(
      `${name} appends and takes everything from the beginning by itself, so each window would be there twice: ` +
        'give its target a key and writeDisposition: merge, or its incremental a start and backfill what lies before it',
    );
  }
  return incremental.column;
}
