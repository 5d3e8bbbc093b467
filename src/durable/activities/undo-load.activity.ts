import { StorageConflictError } from '../../errors/storage-conflict-error';
import { UndoNotPossibleError } from '../../errors/undo-not-possible-error';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { batchIdOf } from '../../model/quarantine-review';
import { ACTIVITIES } from '../contracts/names';
import type { LedgerEntry, UndoRequest } from '../../steps/load/target';
import type { ActivityServices } from './activity-services';
import { batchesOfRun } from './review/find-batch';
import { defineActivity } from './define-activity';
import { mendedWatermark } from './mended-watermark';
import { pipelineOfRun, withTarget, type PipelineOfRun } from './pipeline-of-run';
import { readsFrom } from './reads-from';

/**
 * Takes back what a run published of one pipeline: pauses the pipeline, so that the next tick does not load the same again, takes the load out
 * of the target, and sets the watermark back by the target's ledger. May be repeated at any point: the ledger says what is done. Throws
 * `undo-not-possible`.
 */
export const undoLoad = defineActivity(ACTIVITIES.undoLoad, async (services, input) => {
  const { runId, pipeline: name, together, by, reason } = input;
  const run = await pipelineOfRun(services, input);
  const { stores } = services;
  const { pipeline } = run;
  const result = await withTarget(services, run, async (target) => {
    const ledger = await target.ledgerSince(name, 0);
    const entry = ledger.find((one) => one.runId === runId);
    const request: UndoRequest = {
      undoId: `undo-${runId}`,
      runId,
      pipeline: name,
      target: asPublished(pipeline, entry),
      dryRun: false,
    };
    if (entry !== undefined && entry.undoneBy === undefined) {
      refuseReleased(ledger, runId);
      await refuseRead(services, run, entry, together);
      await target.undo({ ...request, dryRun: true });
      await pause(services, name, by, `${runId} is taken back: ${reason}`);
    }
    const undone = await target.undo(request);
    await mendedWatermark(services, target, name, pipeline.target.connection);
    if (entry?.slice.kind === 'release') await reopen(services, name, entry.slice.release, entry.slice.runs);
    return undone;
  });
  const said = await stores.checks.get(runId, name);
  if (said !== null) await stores.metrics.forget({ pipeline: name, runId, at: said.at }, said.metrics);
  const { load, of, removed, restored } = result;
  return { pipeline: name, load, of, removed, restored };
});

/** Its rows would be quarantined once more by the next run, and stay loaded by the release. */
function refuseReleased(ledger: readonly LedgerEntry[], runId: string): void {
  const released = ledger.find(
    ({ slice, undoneBy }) => undoneBy === undefined && slice.kind === 'release' && slice.runs.includes(runId),
  );
  if (released === undefined) return;
  throw new UndoNotPossibleError(
    `${released.runId} has loaded rows that ${runId} had quarantined (load ${released.load})`,
    'Undo that run first.',
  );
}

/** Rows of a release that was taken back are open again. */
async function reopen(
  { stores }: ActivityServices,
  pipeline: string,
  release: string,
  runs: readonly string[],
): Promise<void> {
  for (const runId of runs) {
    for (const batch of await batchesOfRun(stores, runId, pipeline)) {
      const id = batchIdOf({ ...batch, entry: batch.entry ?? 0 });
      for await (const { value, etag } of stores.reviews.rows(id)) {
        if (value.release !== release || value.state !== 'released') continue;
        const open = { ...value, state: 'open', decision: null, release: null, version: value.version + 1 } as const;
        if (!(await stores.reviews.saveRow(id, open, etag))) throw new StorageConflictError(`the review of ${id}`);
      }
    }
  }
}

/** A release appends whatever its pipeline does otherwise. */
function asPublished({ target }: PipelineConfig, entry: LedgerEntry | undefined): UndoRequest['target'] {
  const writeDisposition = entry?.writeDisposition as PipelineConfig['target']['writeDisposition'] | undefined;
  return writeDisposition === undefined ? target : { ...target, writeDisposition };
}

/** Whoever paused it before has said why. */
async function pause(services: ActivityServices, pipeline: string, by: string, reason: string): Promise<void> {
  const { pauses } = services.stores;
  if ((await pauses.get(pipeline)) !== null) return;
  await pauses.pause(pipeline, { by, at: services.now(), reason: reason.slice(0, 500) });
}

/** Throws when a pipeline that reads this one has published since, and is not taken back as well. */
async function refuseRead(
  services: ActivityServices,
  { project, pipeline }: PipelineOfRun,
  { load, publishedAt }: LedgerEntry,
  together: readonly string[],
): Promise<void> {
  const current = services.currentProject() ?? project;
  for (const [name, reader] of Object.entries(current.pipelines)) {
    if (name === pipeline.pipeline || together.includes(name) || !readsFrom(reader, pipeline)) continue;
    const ledger = await withTarget(services, { project: current, pipeline: reader }, (target) =>
      target.ledgerSince(name, 0),
    );
    const later = ledger.find(
      (entry) => entry.undoneBy === undefined && entry.slice.kind !== 'undo' && entry.publishedAt > publishedAt,
    );
    if (later === undefined) continue;
    throw new UndoNotPossibleError(
      `${name} reads ${pipeline.pipeline}, and ${later.runId} has published it (load ${later.load}) after load ${load}`,
    );
  }
}
