import type { RunRecord } from '../durable/contracts/run-record';
import type { Failure } from '../model/failure';
import type { Status } from '../model/status';
import type { TriggerServices } from './trigger-services';

/** Records the end of a run whose orchestration cannot do so any more. */
export async function closeRun(
  { stores, clock }: TriggerServices,
  run: RunRecord,
  status: Status,
  failure: Failure | null,
  by: string,
): Promise<void> {
  const now = clock.now();
  const { runId, correlationId, planHash } = run;
  const plan = { path: `plans/${planHash}.json`, bytes: 0, sha256: planHash };
  const runStartedAt = run.startedAt ?? run.requestedAt;
  await stores.runs.record({ runId, plan, correlationId, runStartedAt, phase: 'run-ended', status, failure }, now);
  await stores.audit.append({
    at: now,
    action: 'run-ended',
    by,
    subject: runId,
    detail: { status, code: failure?.code ?? null },
    correlationId,
  });
}
