import type { TargetConfig } from '../../config/schema/pipeline';
import type { Slice } from '../../model/slice';

/**
 * Released rows join what is in the table: a `replace` with them alone would throw everything else away, and so would a merge of whole
 * groups or folders. A merge of single rows by their key stays one, since their keys may be there; the keys that it has not stay as they are,
 * as they do in a backfill.
 */
export function targetOfSlice(target: TargetConfig, slice: Slice): TargetConfig {
  if (slice.kind === 'backfill') return keepingAbsent(target);
  if (slice.kind !== 'release') return target;
  const byRow = target.writeDisposition === 'merge' && target.key !== undefined;
  return byRow && target.merge?.strategy !== 'delete-insert'
    ? keepingAbsent(target)
    : { ...target, writeDisposition: 'append' };
}

function keepingAbsent(target: TargetConfig): TargetConfig {
  return target.merge?.absent === undefined ? target : { ...target, merge: { ...target.merge, absent: 'keep' } };
}
