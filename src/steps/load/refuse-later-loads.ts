import { UndoNotPossibleError } from '../../errors/undo-not-possible-error';
import type { Slice } from '../../model/slice';
import type { LedgerEntry } from './target';

/** A load of the same place that came afterwards, and stands. */
export interface LaterLoad extends Pick<LedgerEntry, 'load' | 'runId' | 'pipeline' | 'writeDisposition'> {
  readonly kind: Slice['kind'];
}

/**
 * Throws `undo-not-possible` when a later load stands on the one that is to be taken back: by its write disposition, as `isBuiltOn` says, or
 * because it went on from the value at which that one ended.
 */
export function refuseLaterLoads(
  { load, pipeline, slice }: Pick<LedgerEntry, 'load' | 'pipeline' | 'slice'>,
  later: readonly LaterLoad[],
  isBuiltOn: (one: LaterLoad) => boolean,
): void {
  const first = later.find(isBuiltOn);
  if (first !== undefined) {
    throw new UndoNotPossibleError(
      `Load ${first.load} of ${first.runId} (${first.writeDisposition}) came after load ${load}, and is built on it`,
    );
  }
  const behind = later.find((one) => one.pipeline === pipeline && one.kind === 'range');
  if (slice.kind === 'range' && behind !== undefined) {
    throw new UndoNotPossibleError(
      `Load ${behind.load} of ${behind.runId} went on from the value at which load ${load} ended, so that its part of the source would not be taken again`,
    );
  }
}
