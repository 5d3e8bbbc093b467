import { WatermarkAheadOfTargetError } from '../../errors/watermark-ahead-of-target-error';
import type { Watermark } from '../../model/slice';
import type { Target } from '../../steps/load/target';
import type { ActivityServices } from './activity-services';
import { applyLedger, applyLoad } from './apply-load';

/**
 * How far the pipeline has come: the stored watermark with what the target's ledger holds beyond it, so that the load of a run that died
 * between its commit and the watermark is not loaded again. Throws `WatermarkAheadOfTargetError` when the target does not know the load
 * that the watermark ends at: it was restored or made anew, and what is said to be loaded is not in it.
 */
export async function mendedWatermark(
  services: Pick<ActivityServices, 'stores' | 'log'>,
  target: Pick<Target, 'ledgerSince'>,
  pipeline: string,
  connection: string,
): Promise<Watermark | null> {
  const stored = await services.stores.watermarks.get(pipeline);
  const known = stored?.load ?? 0;
  const entries = await target.ledgerSince(pipeline, Math.max(0, known - 1));
  if (known > 0 && entries[0]?.load !== known) {
    throw new WatermarkAheadOfTargetError(pipeline, known, entries.at(-1)?.load ?? 0, connection);
  }
  const newer = entries.filter(({ load }) => load > known);
  if (newer.length === 0) return stored;
  // What was taken back may be anywhere in what the watermark says: it is told anew from the beginning.
  const mended = newer.some(({ slice }) => slice.kind === 'undo')
    ? applyLedger(pipeline, await target.ledgerSince(pipeline, 0))
    : newer.reduce<Watermark | null>((before, entry) => applyLoad(pipeline, before, entry), stored);
  if (mended !== null) {
    await services.stores.watermarks.advance(mended);
    services.log.info('watermark-mended', { pipeline, load: mended.load });
  }
  return mended;
}
