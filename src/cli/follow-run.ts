import type { RunRecord } from '../durable/contracts/run-record';
import { isEnded } from '../model/status';
import { Progress } from '../report/progress';
import { renderRun } from '../report/render-run';
import type { ApiClient } from './api-client';
import type { CliContext, ExitCode } from './cli-context';
import { pollUntil } from './poll-until';

/** Asks for a run until it has ended, and shows its progress on standard error. Throws what the client throws. */
export function followRun(context: CliContext, api: ApiClient, runId: string): Promise<RunRecord> {
  const progress = new Progress({ write: (text) => context.err(text), ...context.terminal });
  const ask = () => api.request<RunRecord>('GET', `/runs/${encodeURIComponent(runId)}`);
  return pollUntil(ask, (record) => {
    progress.update(record);
    return isEnded(record.status);
  });
}

/** Shows a run as text or JSON. 1 when it did not succeed, 0 also while it is under way. */
export function showRun(context: CliContext, record: RunRecord, json: boolean): ExitCode {
  context.out(
    json ? `${JSON.stringify(record, null, 2)}\n` : `${renderRun(record, [versionsOf(record)]).join('\n')}\n`,
  );
  return record.status === 'Failed' || record.status === 'Cancelled' ? 1 : 0;
}

/** Which versions of the definitions it used: `sluice versions` shows them. */
function versionsOf({ versions = {} }: RunRecord): string[] {
  const names = Object.entries(versions).map(([pipeline, hash]) => `${pipeline} ${hash.slice(0, 12)}`);
  return names.length === 0 ? [] : [`Definitions: ${names.join(', ')}`];
}
