import { z } from 'zod';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { RunNotFoundError } from '../../errors/run-not-found-error';
import type { RunRecord } from '../../durable/contracts/run-record';
import { releaseBalance, type ReleaseBalance, type ReleaseOrigin } from '../../project/release-balance';
import { isEnded } from '../../model/status';
import type { TriggerServices } from '../trigger-services';
import { addressOf, type Route } from './handle';
import { readQuery } from './read-request';

export const runsQuery = z.strictObject({
  status: z.enum(['Queued', 'InProgress', 'Succeeded', 'Failed', 'Cancelled', 'Skipped']).optional(),
  pipeline: z.string().min(1).max(63).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  continuation: z.string().min(1).max(500).optional(),
});

/** `GET /api/runs`: newest first. The continuation of an answer asks for the next page. */
export const listRuns: Route = async ({ stores }, request) => {
  const { status, pipeline, limit, continuation } = readQuery(request, runsQuery);
  const page = await stores.runs.list({
    limit,
    ...(status !== undefined && { status }),
    ...(pipeline !== undefined && { pipeline }),
    ...(continuation !== undefined && { continuation: decode(continuation) }),
  });
  const next = page.continuation === null ? null : Buffer.from(page.continuation).toString('base64url');
  const parameters = new URLSearchParams(request.query);
  parameters.delete('code');
  if (next !== null) parameters.set('continuation', next);
  const links = next === null ? {} : { next: `${addressOf(request, 'runs')}?${parameters.toString()}` };
  return { jsonBody: { runs: page.runs, continuation: next, links } };
};

/** `GET /api/runs/{id}`; of a release run with `release`, the balance of its rows; with `undo` where it was to be taken back. While the run is under way, `Retry-After` says when to look again. */
export const getRun: Route = async (services, request) => {
  const run = await findRun(services, request.params['id'] ?? '');
  const release = await balanceOf(services, run);
  const undo = await services.stores.undos.get(run.runId);
  return {
    jsonBody: { ...run, ...(release && { release }), ...(undo && { undo }) },
    ...(isEnded(run.status) ? {} : { headers: { 'Retry-After': '2' } }),
  };
};

/** For a run that has loaded rows released from quarantine: what became of them. Null for the others, and before it has published. */
async function balanceOf({ stores }: TriggerServices, run: RunRecord): Promise<ReleaseBalance | null> {
  const { trigger } = run;
  if (trigger.kind !== 'release' || run.pipelines.every(({ load }) => load === null)) return null;
  const origins = await Promise.all(
    trigger.releaseOf.map(async (runId): Promise<ReleaseOrigin> => {
      const origin = await stores.runs.get(runId);
      const its = origin?.pipelines.find(({ pipeline }) => pipeline === trigger.pipeline);
      return { runId, quarantined: its?.counts.quarantined ?? null };
    }),
  );
  return releaseBalance(trigger.release, run.counts, origins);
}

/** @throws {RunNotFoundError} */
export async function findRun({ stores }: TriggerServices, runId: string): Promise<RunRecord> {
  // Anything else was never an id of ours, and need not be looked for.
  const run = /^[\w.-]{1,100}$/.test(runId) ? await stores.runs.get(runId) : null;
  if (run === null) throw new RunNotFoundError(runId);
  return run;
}

function decode(continuation: string): string {
  const text = Buffer.from(continuation, 'base64url').toString('utf8');
  if (/^\d{13}-[\w.-]{1,200}$/.test(text)) return text;
  throw new InvalidRequestError([{ path: 'continuation', message: 'is not one that an answer gave' }]);
}
