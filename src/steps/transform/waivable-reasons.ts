import type { BoundPipeline } from './bind-pipeline';
import type { Reason } from './reason-registry';

/**
 * The reasons that an approval can set aside: row checks, and lookups that found nothing. Values that cannot be cast, and texts that no
 * target can hold, have to be edited.
 */
export function waivableReasons(bound: Pick<BoundPipeline, 'reasons' | 'checks'>): ReadonlySet<Reason> {
  const checks = new Set(bound.checks.rowChecks.map(({ reason }) => reason));
  return new Set(
    bound.reasons.all.filter(
      (reason) => reason.effect === 'quarantine' && (checks.has(reason) || reason.name.startsWith('lookup(')),
    ),
  );
}
