import { addCounts, NO_ROWS, type Counts } from '../../model/counts';
import type { PartitionResult, QuarantinedAfter, TransformResult, WindowManifest } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';

/** Writes the results of a window as one blob, named by its content, and enters quarantined rows into the index. */
export const sealStep = defineActivity(ACTIVITIES.sealStep, async (services, input) => {
  const { artifacts, quarantine } = services.stores;
  const { runId, pipeline, step, window, results } = input;
  for (const result of results) {
    if (!('quarantine' in result)) continue;
    const { partition } = result;
    const at = services.now();
    for (const { artifact, reasons, ...rest } of batchesOf(result)) {
      const { rows } = artifact;
      await quarantine.add({ runId, pipeline, step: 'transform', partition, artifact, rows, reasons, at, ...rest });
    }
  }
  const value: WindowManifest<PartitionResult> = { step, window, results };
  const manifest = await artifacts.putJson(`runs/${runId}/${pipeline}/${step}`, value);
  return {
    window,
    manifest,
    partitions: results.length,
    rows: results.reduce((sum, result) => sum + rowsOf(result), 0),
    bytes: results.reduce((sum, result) => sum + ('artifact' in result ? result.artifact.bytes : 0), 0),
    counts: addCounts(results.map(countsOf)),
  };
});

type Batch = Omit<QuarantinedAfter, 'entry'> & { readonly entry?: number };

/** Rows as they came, and those that steps made: each where they would go in again. */
function batchesOf(result: TransformResult): readonly Batch[] {
  const { quarantine, quarantineEntry: entry, quarantineReasons, originals, quarantineAfter = [] } = result;
  if (quarantine === null) return quarantineAfter;
  const reasons = quarantineReasons ?? result.reasons;
  const first = { artifact: quarantine, reasons, ...(originals && { originals }) };
  return [{ ...first, ...(entry !== undefined && { entry }) }, ...quarantineAfter];
}

function rowsOf(result: PartitionResult): number {
  if ('read' in result) return result.read;
  return 'facts' in result ? result.facts.rows : result.counts.loaded;
}

function countsOf(result: PartitionResult): Counts {
  if ('counts' in result) return result.counts;
  if ('read' in result) return { ...NO_ROWS, read: result.read, loaded: result.read };
  return { ...NO_ROWS, read: result.facts.rows, loaded: result.facts.rows };
}
