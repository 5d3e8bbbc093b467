import { BackfillNotPossibleError } from '../../errors/backfill-not-possible-error';
import type { BackfillSlice } from '../../model/backfill';
import type { BackfillBounds, LoadedRange } from '../../steps/extract/source';
import type { LedgerEntry, Target } from '../../steps/load/target';
import type { PipelineOfRun } from './pipeline-of-run';

/**
 * What a window of a backfill may not touch. A `merge` puts each key in place of itself, so it may load anything again. An `append` would
 * double what it loads again: its windows keep away from what its own runs take, before and later, and from other backfills.
 * Throws `BackfillNotPossibleError` where no window can be loaded again.
 */
export async function backfillBounds(
  target: Pick<Target, 'ledgerSince'>,
  { pipeline }: Pick<PipelineOfRun, 'pipeline'>,
  { id, from, to }: BackfillSlice,
): Promise<BackfillBounds> {
  const { incremental } = pipeline.source;
  if (incremental?.by !== 'column') {
    throw new BackfillNotPossibleError(
      `${pipeline.pipeline} has no incremental: { by: column }: without a column there are no windows. Run it again as a whole`,
    );
  }
  const disposition: string = pipeline.target.writeDisposition;
  if (disposition === 'merge') return { id, from, to, loaded: [] };
  if (disposition !== 'append') {
    throw new BackfillNotPossibleError(
      `${pipeline.pipeline} loads with ${disposition}, which a window alone does not suit. Run it again as a whole, or use merge with a key`,
    );
  }
  const live: LoadedRange = {
    from: incremental.start === undefined ? null : String(incremental.start),
    to: null,
    toIncluded: true,
    by: `every run of ${pipeline.pipeline}`,
  };
  const ledger = (await target.ledgerSince(pipeline.pipeline, 0)).filter(({ undoneBy }) => undoneBy === undefined);
  return { id, from, to, loaded: [live, ...ledger.flatMap((entry) => rangeOf(entry, id))] };
}

function rangeOf({ slice, load, runId }: LedgerEntry, id: string): LoadedRange[] {
  const by = `load ${load} of ${runId}`;
  if (slice.kind === 'range') return [{ from: slice.from, to: slice.to, toIncluded: true, by }];
  // Windows of the same backfill only touch each other.
  if (slice.kind === 'backfill' && slice.backfill !== id)
    return [{ from: slice.from, to: slice.to, toIncluded: false, by }];
  return [];
}
