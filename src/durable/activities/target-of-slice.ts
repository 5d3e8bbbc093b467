import type { TargetConfig } from '../../config/schema/pipeline';
import type { Slice } from '../../model/slice';

/** Released rows join what is in the table: a `replace` with them alone would throw everything else away. */
export function targetOfSlice(target: TargetConfig, slice: Slice): TargetConfig {
  return slice.kind === 'release' ? { ...target, writeDisposition: 'append' } : target;
}
