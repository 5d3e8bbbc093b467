import type { BoundPipeline } from './bind-pipeline';
import { HIDDEN } from './hidden-columns';
import { hasAnyReason } from './reason-registry';
import { waivableReasons } from './waivable-reasons';

/** SQL condition of the rows that a reason sends to quarantine: a waiver stands against checks and lookups, and against nothing else. */
export function isQuarantined(bound: BoundPipeline): string {
  const reasons = bound.reasons.all.filter((reason) => reason.effect === 'quarantine');
  const waivable = waivableReasons(bound);
  const always = hasAnyReason(reasons.filter((reason) => !waivable.has(reason)));
  return `${always} OR (NOT ${HIDDEN.waived} AND (${hasAnyReason(reasons.filter((reason) => waivable.has(reason)))}))`;
}
