import { z } from 'zod';
import { startUndo } from '../undo/start-undo';
import { callerOf } from './caller';
import { addressOf, type Route } from './handle';
import { readBody } from './read-request';
import { findRun } from './read-runs';

export const undoBody = z.strictObject({ reason: z.string().min(1).max(500) });

/** `POST /api/runs/{id}/undo`: takes back what a run published, and pauses its pipelines. */
export const undoRun: Route = async (services, request, client) => {
  const { reason } = await readBody(request, undoBody);
  const run = await findRun(services, request.params['id'] ?? '');
  const undo = await startUndo(services, client, run, { by: callerOf(services, request), reason });
  const location = addressOf(request, `runs/${run.runId}`);
  return {
    status: 202,
    headers: { Location: location, 'Retry-After': '2' },
    jsonBody: { runId: run.runId, undo, links: { run: location } },
  };
};
