import { BackfillNotFoundError } from '../../errors/backfill-not-found-error';
import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';

/** Records how a backfill ended; done again, it changes nothing. */
export const endBackfill = defineActivity(
  ACTIVITIES.endBackfill,
  async (services, { backfill: id, status, failure }) => {
    const { backfills, audit } = services.stores;
    const backfill = await backfills.get(id);
    if (backfill === null) throw new BackfillNotFoundError(id);
    // Its last windows may have been cancelled with it, which is no failure of theirs.
    const shown = backfill.cancel !== null && status === 'Failed' ? 'Cancelled' : status;
    const endedAt = await backfills.end(id, { status: shown, failure, endedAt: services.now() });
    await audit.append({
      at: endedAt,
      action: 'backfill-ended',
      by: 'backfill',
      subject: id,
      detail: { pipeline: backfill.pipeline, status: shown, code: failure?.code ?? null },
      correlationId: backfill.correlationId,
    });
    return null;
  },
);
