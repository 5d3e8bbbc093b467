import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';

/** Records how an undo ended; done again, it changes nothing but the time. */
export const endUndo = defineActivity(
  ACTIVITIES.endUndo,
  async (services, { runId, by, reason, status, undone, failure }) => {
    const { undos, audit } = services.stores;
    const at = services.now();
    await undos.end(runId, { status, undone, failure, endedAt: at });
    await audit.append({
      at,
      action: 'undo-ended',
      by,
      subject: runId,
      detail: { reason, status, loads: undone.map(({ of }) => of).join(', '), code: failure?.code ?? null },
      correlationId: runId,
    });
    return null;
  },
);
