import type { MaskStep } from '../../config/schema/mask';
import type { TransformStep } from '../../config/schema/transform';
import type { BoundReshape, BoundStep, StepScope } from './step-scope';
import { bindAggregate } from './steps/bind-aggregate';
import { bindCast } from './steps/bind-cast';
import { bindCleanse } from './steps/bind-cleanse';
import { bindDeduplicate } from './steps/bind-deduplicate';
import { bindDerive } from './steps/bind-derive';
import { bindDrop } from './steps/bind-drop';
import { bindFilter } from './steps/bind-filter';
import { bindLookup } from './steps/bind-lookup';
import { bindRename } from './steps/bind-rename';
import { bindRule } from './steps/bind-rule';
import { bindRules } from './steps/bind-rules';
import { bindSelect } from './steps/bind-select';
import { bindSql } from './steps/bind-sql';
import { bindUnnest } from './steps/bind-unnest';

/** Turns one step into SQL over the relation before it; a mask step, which needs to know where columns come from, is bound by `bindMask`. */
export async function bindStep(
  step: Exclude<TransformStep, MaskStep>,
  scope: StepScope,
): Promise<BoundStep | BoundReshape> {
  if ('cast' in step) return bindCast(step, scope);
  if ('rename' in step) return bindRename(step, scope);
  if ('select' in step) return bindSelect(step, scope);
  if ('drop' in step) return bindDrop(step, scope);
  if ('derive' in step) return bindDerive(step, scope);
  if ('filter' in step) return bindFilter(step, scope);
  if ('cleanse' in step) return bindCleanse(step, scope);
  if ('deduplicate' in step) return bindDeduplicate(step, scope);
  if ('lookup' in step) return bindLookup(step, scope);
  if ('rules' in step) return bindRules(step, scope);
  if ('aggregate' in step) return bindAggregate(step, scope);
  if ('unnest' in step) return bindUnnest(step, scope);
  if ('sql' in step) return bindSql(step, scope);
  return bindRule(step, scope);
}
