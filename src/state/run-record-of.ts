import type { PipelineResult } from '../durable/contracts/activities';
import type { PipelineRunRecord, RunRecord, StepRecord } from '../durable/contracts/run-record';
import { addCounts, NO_ROWS } from '../model/counts';
import { isEnded, STEPS, type Status } from '../model/status';
import type { PipelineRow, RunRows } from './run-rows';

/** Steps from the progress of partitions, for a pipeline that has no result or did not succeed. */
export type ProgressOf = (pipeline: string) => Promise<readonly StepRecord[]>;

const FAN_OUT: ReadonlySet<string> = new Set(['extract', 'transform', 'stage']);

/** Puts the rows of a run together into its record. */
export async function runRecordOf(runId: string, rows: RunRows, progressOf: ProgressOf): Promise<RunRecord> {
  const { start, run, cancel } = rows;
  const names = new Set([...(start?.pipelines ?? []), ...rows.pipelines.keys()]);
  const pipelines = await Promise.all([...names].map((name) => pipelineRecord(name, rows, progressOf)));
  return {
    runId,
    status: run.status,
    trigger: start?.trigger ?? { kind: 'manual', by: 'unknown' },
    environment: start?.environment ?? '',
    correlationId: start?.correlationId ?? '',
    planHash: start?.plan.sha256 ?? '',
    ...(start?.versions !== undefined && { versions: start.versions }),
    parameters: start?.parameters ?? {},
    requestedAt: run.requestedAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    cancel,
    failure: run.failure,
    counts: addCounts(pipelines.map(({ counts }) => counts)),
    pipelines,
  };
}

async function pipelineRecord(
  pipeline: string,
  { pipelines, run, waiting }: RunRows,
  progressOf: ProgressOf,
): Promise<PipelineRunRecord> {
  const row = pipelines.get(pipeline);
  if (row?.result) return endedRecord(row, row.result, progressOf);
  const status = unfinishedStatus(row, run.status);
  const steps = row === undefined ? [] : await progressOf(pipeline);
  const read = steps.find(({ step }) => step === 'extract')?.rows ?? 0;
  return {
    pipeline,
    status,
    reason: isEnded(status)
      ? 'the run ended before the pipeline did'
      : row === undefined
        ? (waiting.get(pipeline) ?? null)
        : null,
    startedAt: row?.startedAt ?? null,
    endedAt: null,
    sliceLabel: null,
    partitions: steps.find(({ step }) => FAN_OUT.has(step))?.partitions.total ?? 0,
    steps: isEnded(status) ? steps.map((step) => brokenOff(step, status)) : steps,
    counts: { ...NO_ROWS, read },
    balanced: null,
    checks: [],
    quarantineReasons: [],
    verifications: [],
    load: null,
    notes: [],
    failure: null,
  };
}

/** A run that was terminated, or whose orchestration was lost, leaves pipelines that nobody could close. */
function unfinishedStatus(row: PipelineRow | undefined, runStatus: Status): Status {
  if (!isEnded(runStatus)) return row === undefined ? 'Queued' : 'InProgress';
  if (runStatus === 'Cancelled') return 'Cancelled';
  return row === undefined ? 'Skipped' : 'Failed';
}

async function endedRecord(
  row: PipelineRow,
  result: PipelineResult,
  progressOf: ProgressOf,
): Promise<PipelineRunRecord> {
  const { pipeline, status, reason, sliceLabel, partitions, counts, balanced, checks, verifications, load } = result;
  return {
    pipeline,
    status,
    reason,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    sliceLabel,
    partitions,
    steps: await endedSteps(result, progressOf),
    counts,
    balanced,
    checks,
    quarantineReasons: result.reasons,
    ...(result.lookups && { lookups: result.lookups }),
    ...(result.rules && { rules: result.rules }),
    verifications,
    load,
    notes: result.notes,
    failure: result.failure,
  };
}

/** The steps that the orchestration timed; where it did not succeed, also how far the one got that broke off. */
async function endedSteps(result: PipelineResult, progressOf: ProgressOf): Promise<readonly StepRecord[]> {
  const timed = result.steps.map(({ step, startedAt, endedAt, rows, bytes, retries }): StepRecord => {
    const total = FAN_OUT.has(step) ? result.partitions : 1;
    return { step, status: 'Succeeded', partitions: { total, done: total }, rows, bytes, retries, startedAt, endedAt };
  });
  if (result.status === 'Succeeded' || result.status === 'Skipped') return timed;
  const failedAt = result.failure?.step;
  const steps = new Map((await progressOf(result.pipeline)).map((step) => [step.step, brokenOff(step, result.status)]));
  for (const step of timed)
    steps.set(step.step, step.step === failedAt ? brokenOff({ ...step, endedAt: null }, result.status) : step);
  return STEPS.flatMap((name) => steps.get(name) ?? []);
}

function brokenOff(step: StepRecord, status: Status): StepRecord {
  return step.endedAt === null ? { ...step, status } : step;
}
