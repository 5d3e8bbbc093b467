import type { TargetConfig } from '../../config/schema/pipeline';
import type { Slice } from '../../model/slice';

/**
 * Released rows join what is in the table: a `replace` with them alone would throw everything else away, and so would a merge of whole
 * groups or folders. A merge of single rows by their key stays one, since their keys may be there.
 */
export function targetOfSlice(target: TargetConfig, slice: Slice): TargetConfig {
  if (slice.kind !== 'release') return target;
  const byRow = target.writeDisposition === 'merge' && target.key !== undefined;
  return byRow && target.merge?.strategy !== 'delete-insert' ? target : { ...target, writeDisposition: 'append' };
}
