import type { RecordRunInput } from '../durable/contracts/activities';
import type { PipelineRunRecord, RunRecord } from '../durable/contracts/run-record';
import { isEnded, STEPS } from '../model/status';
import { STEP_OF_ACTIVITY } from '../model/step-of-activity';
import type { Logger } from './logger';
import type { Meters } from './metrics/meters';
import type { Telemetry } from './telemetry';
import type { TraceparentOf, Tracing } from './tracing/tracing';

const STEP_NAMES: ReadonlySet<string> = new Set(STEPS);

/** The part of the run store that tells what happens to runs. */
export interface RecordedRuns {
  record(input: RecordRunInput, now: string): Promise<void>;
  get(runId: string): Promise<RunRecord | null>;
  start(runId: string): Promise<{ readonly traceparent?: string } | null>;
}

/**
 * The run store, with what it records told to telemetry: events, figures and the spans of runs, pipelines and steps. Whatever is recorded
 * twice, by a repeated activity or by two who close a run, is told once. What cannot be told changes nothing.
 */
export function observeRuns<Runs extends RecordedRuns>(runs: Runs, telemetry: Telemetry): Runs {
  if (!telemetry.isOn) return runs;
  const observed: Pick<RecordedRuns, 'record'> = {
    async record(input, now) {
      const before = await telemetry.tracing.unobserved(() => runs.get(input.runId)).catch(() => null);
      await runs.record(input, now);
      if (before !== null && isNews(input, before)) await tell(runs, telemetry, input, before, now).catch(() => {});
    },
  };
  // The store's other methods, with their own `this`.
  return Object.assign(Object.create(runs) as Runs, observed);
}

function isNews(input: RecordRunInput, before: RunRecord): boolean {
  switch (input.phase) {
    case 'run-started':
      return before.startedAt === null && !isEnded(before.status);
    case 'run-ended':
      return !isEnded(before.status);
    default: {
      const pipeline = before.pipelines.find((one) => one.pipeline === input.pipeline);
      if (input.phase === 'pipeline-waiting') return pipeline?.reason !== input.reason;
      if (input.phase === 'pipeline-started') return (pipeline?.startedAt ?? null) === null;
      return (pipeline?.endedAt ?? null) === null;
    }
  }
}

async function tell(
  runs: RecordedRuns,
  telemetry: Telemetry,
  input: RecordRunInput,
  before: RunRecord,
  now: string,
): Promise<void> {
  const { runId, correlationId, phase } = input;
  const run = await telemetry.tracing.unobserved(() => runs.get(runId));
  if (run === null) return;
  const log = telemetry.log.with({ runId, correlationId });
  const traceparentOf: TraceparentOf = async (id) => (await runs.start(id))?.traceparent ?? null;
  switch (phase) {
    case 'run-started':
      return log.info('run-started', { trigger: run.trigger.kind });
    case 'pipeline-waiting':
      return log.info('pipeline-waiting', { pipeline: input.pipeline, reason: input.reason });
    case 'pipeline-started': {
      const { pipeline } = input;
      // One that waited for its hours did not wait for another run.
      if ((before.pipelines.find((one) => one.pipeline === pipeline)?.reason ?? null) === null)
        telemetry.meters.record('sluice.lease.wait', secondsBetween(readySince(run, pipeline), now), { pipeline });
      return log.info('pipeline-started', { pipeline: input.pipeline });
    }
    case 'pipeline-ended': {
      const pipeline = run.pipelines.find((one) => one.pipeline === input.pipeline);
      if (pipeline === undefined) return;
      tellPipeline(log, telemetry.meters, pipeline);
      return tracePipeline(telemetry.tracing, traceparentOf, run, pipeline, now);
    }
    case 'run-ended': {
      const seconds = secondsBetween(run.startedAt ?? run.requestedAt, run.endedAt ?? now);
      const dimensions = { status: run.status, trigger: run.trigger.kind };
      telemetry.meters.add('sluice.runs', 1, dimensions);
      telemetry.meters.record('sluice.run.duration', seconds, dimensions);
      log[run.status === 'Failed' ? 'error' : 'info']('run-ended', {
        status: run.status,
        trigger: run.trigger.kind,
        durationMs: Math.round(seconds * 1000),
        class: run.failure?.class,
        code: run.failure?.code,
        loaded: run.counts.loaded,
        quarantined: run.counts.quarantined,
      });
      // Those that could not end by themselves: the run was terminated, or lost.
      for (const pipeline of run.pipelines.filter(({ endedAt, startedAt }) => endedAt === null && startedAt !== null))
        await tracePipeline(telemetry.tracing, traceparentOf, run, pipeline, now);
      return traceRun(telemetry.tracing, traceparentOf, run, now);
    }
  }
}

/** Since when nothing of the run itself stood in the way of a pipeline: the end of what ended before it, or the start of the run. */
function readySince(run: RunRecord, pipeline: string): string {
  const ends = run.pipelines.flatMap((one) => (one.pipeline !== pipeline && one.endedAt !== null ? [one.endedAt] : []));
  return [run.startedAt ?? run.requestedAt, ...ends].toSorted().at(-1) ?? run.requestedAt;
}

function tellPipeline(log: Logger, meters: Meters, record: PipelineRunRecord): void {
  const { pipeline, status, startedAt, endedAt, counts, steps, checks, failure, load } = record;
  const seconds = startedAt === null || endedAt === null ? 0 : secondsBetween(startedAt, endedAt);
  meters.add('sluice.pipeline.runs', 1, { pipeline, status });
  if (startedAt !== null) meters.record('sluice.pipeline.duration', seconds, { pipeline, status });
  for (const [outcome, rows] of Object.entries<number>({ ...counts }))
    meters.add('sluice.rows', rows, { pipeline, outcome });
  for (const { step, bytes, retries, startedAt: from, endedAt: to } of steps) {
    meters.add('sluice.bytes', bytes, { pipeline, step });
    meters.add('sluice.retries', retries, { pipeline, step });
    if (from !== null && to !== null)
      meters.record('sluice.step.duration', secondsBetween(from, to), { pipeline, step });
  }
  for (const { kind, status: outcome } of checks) meters.add('sluice.checks', 1, { pipeline, check: kind, outcome });
  log[status === 'Failed' ? 'error' : 'info']('pipeline-ended', {
    pipeline,
    status,
    durationMs: Math.round(seconds * 1000),
    class: failure?.class,
    code: failure?.code,
    load,
    ...counts,
  });
}

async function tracePipeline(
  tracing: Tracing,
  traceparentOf: TraceparentOf,
  run: RunRecord,
  record: PipelineRunRecord,
  now: string,
): Promise<void> {
  const { pipeline, status, failure, steps } = record;
  const { runId, correlationId } = run;
  const endedAt = record.endedAt ?? now;
  const startedAt = record.startedAt ?? endedAt;
  const ids = { runId, pipeline, correlationId };
  await tracing.recorded(
    {
      path: [runId, pipeline],
      name: `pipeline ${pipeline}`,
      startedAt,
      endedAt,
      status,
      failure,
      attributes: { ...ids, partitions: record.partitions, loaded: record.counts.loaded, load: record.load },
    },
    traceparentOf,
  );
  const failedAt = failure?.step === undefined ? undefined : (STEP_OF_ACTIVITY[failure.step] ?? failure.step);
  const names = new Set<string>(steps.map(({ step }) => step));
  const ended = steps.map((step) => ({ ...step, failure: step.step === failedAt ? failure : null }));
  // The step that failed before any of its partitions was done stands in no record, but its activities name it as their parent.
  if (failedAt !== undefined && STEP_NAMES.has(failedAt) && !names.has(failedAt))
    ended.push({
      step: failedAt as never,
      status,
      rows: 0,
      bytes: 0,
      retries: 0,
      partitions: { total: 0, done: 0 },
      startedAt: null,
      endedAt: null,
      failure,
    });
  for (const step of ended) {
    await tracing.recorded(
      {
        path: [runId, pipeline, step.step],
        name: step.step,
        startedAt: step.startedAt ?? startedAt,
        endedAt: step.endedAt ?? endedAt,
        status: step.failure === null ? step.status : 'Failed',
        failure: step.failure,
        attributes: {
          ...ids,
          step: step.step,
          rows: step.rows,
          bytes: step.bytes,
          retries: step.retries,
          partitions: step.partitions.total,
        },
      },
      traceparentOf,
    );
  }
}

async function traceRun(tracing: Tracing, traceparentOf: TraceparentOf, run: RunRecord, now: string): Promise<void> {
  const { runId, correlationId, status, failure, counts, environment, trigger } = run;
  await tracing.recorded(
    {
      path: [runId],
      name: 'run',
      startedAt: run.startedAt ?? run.requestedAt,
      endedAt: run.endedAt ?? now,
      status,
      failure,
      attributes: {
        runId,
        correlationId,
        environment,
        trigger: trigger.kind,
        read: counts.read,
        loaded: counts.loaded,
        quarantined: counts.quarantined,
      },
    },
    traceparentOf,
  );
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
}
