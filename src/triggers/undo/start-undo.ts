import type { RunPlan } from '../../config/project';
import { ORCHESTRATORS } from '../../durable/contracts/names';
import type { RunRecord } from '../../durable/contracts/run-record';
import type { UndoInput } from '../../durable/contracts/undo';
import { UndoNotPossibleError } from '../../errors/undo-not-possible-error';
import { isEnded } from '../../model/status';
import type { UndoRecord } from '../../state/stores';
import { instanceStatus, isUnderWay } from '../instance-status';
import type { Orchestrations, TriggerServices } from '../trigger-services';

/**
 * Records that a run is to be taken back, and starts the orchestration that does it. Asked for again it changes nothing while it is under way or
 * done, starts what was recorded and never started, and tries anew what had failed.
 * @throws {UndoNotPossibleError} where the run has not ended, or has published nothing.
 */
export async function startUndo(
  services: Pick<TriggerServices, 'stores' | 'clock' | 'log'>,
  client: Pick<Orchestrations, 'startNew' | 'getStatus'>,
  run: RunRecord,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<UndoRecord> {
  const { stores, clock, log } = services;
  const { runId } = run;
  const before = await stores.undos.get(runId);
  if (before?.end?.status === 'Succeeded') return before;
  if (before !== null && before.end === null && isUnderWay(await instanceStatus(client, instanceOf(runId, before)))) {
    return before;
  }
  const published = new Set(refuseNothingToUndo(run));
  const start = await stores.runs.start(runId);
  if (start === null) {
    throw new UndoNotPossibleError(`${runId} has not ended`, 'Cancel it, or wait until it has ended.');
  }
  const { levels } = await stores.artifacts.getJson<RunPlan>(start.plan);
  const pipelines = levels
    .flat()
    .reverse()
    .filter((name) => published.has(name));
  const asked = {
    by,
    reason,
    requestedAt: clock.now(),
    pipelines,
    attempt: before === null ? 1 : before.attempt + (before.end === null ? 0 : 1),
  };
  await stores.undos.request(runId, asked);
  await stores.audit.append({
    at: asked.requestedAt,
    action: 'undo-requested',
    by,
    subject: runId,
    detail: { reason, pipelines: pipelines.join(', ') },
    correlationId: run.correlationId,
  });
  const input: UndoInput = { runId, plan: start.plan, pipelines, by, reason };
  await client.startNew(ORCHESTRATORS.undo, { instanceId: instanceOf(runId, asked), input });
  log.info('undo-requested', { runId, by });
  return { ...asked, end: null };
}

/** The pipelines that a run has published. Throws `UndoNotPossibleError` where it has not ended, or published none. */
export function refuseNothingToUndo({ runId, status, pipelines }: RunRecord): readonly string[] {
  if (!isEnded(status)) {
    throw new UndoNotPossibleError(`${runId} has not ended`, 'Cancel it, or wait until it has ended.');
  }
  const published = pipelines.flatMap(({ pipeline, load }) => (load === null ? [] : [pipeline]));
  if (published.length === 0) {
    throw new UndoNotPossibleError(`${runId} has published nothing`, 'Nothing has to be undone.');
  }
  return published;
}

function instanceOf(runId: string, { attempt }: Pick<UndoRecord, 'attempt'>): string {
  return `undo-${runId}-${attempt}`;
}
