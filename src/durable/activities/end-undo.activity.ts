import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';

/** Records how an undo ended; done again, it changes nothing but the time. */
export const endUndo = defineActivity(
  ACTIVITIES.endUndo,
  async (services, { runId, by, reason, status, undone, failure }) => {
    const { undos, audit } = services.stores;
    const at = services.now();
    await undos.end(runId, { status, undone, failure, endedAt: at });
    const detail = { reason, status, loads: undone.map(({ of }) => of).join(', '), code: failure?.code ?? null };
    const entry = { at, action: 'undo-ended', by, subject: runId, detail, correlationId: runId };
    // The same outcome of the same run, at whatever time it is said again.
    await audit.append(entry, `undo-ended ${runId} ${JSON.stringify(detail)}`);
    return null;
  },
);
