import type { PipelineConfig } from '../../../config/schema/pipeline';
import { toFailure } from '../../../errors/to-failure';
import { isEnded } from '../../../model/status';
import { evaluateSla } from '../../../monitoring/evaluate-sla';
import type { UnderWay } from '../../../monitoring/forecast';
import type { MonitoringInput, MonitoringReport } from '../../contracts/monitoring';
import type { ActivityServices } from '../activity-services';

/** Ended runs of a pipeline that are looked at. */
const FACTS = 60;

/** Holds every pipeline that promises something against it; what fails for one does not stop the others. */
export async function evaluateSlas(services: ActivityServices, { now }: MonitoringInput): Promise<MonitoringReport> {
  const { pipelines } = services.watched();
  const promising = Object.values(pipelines).filter(({ sla }) => sla !== undefined);
  if (promising.length === 0) return { task: 'evaluate-slas', count: 0 };
  const underWay = await runsUnderWay(services);
  for (const pipeline of promising) {
    try {
      await evaluateOne(services, pipeline, underWay.get(pipeline.pipeline) ?? [], now);
    } catch (error) {
      const { code, message } = toFailure(error);
      services.log.error('sla-not-evaluated', { pipeline: pipeline.pipeline, code, message });
    }
  }
  return { task: 'evaluate-slas', count: promising.length };
}

async function evaluateOne(
  { stores, log }: ActivityServices,
  { pipeline, sla }: PipelineConfig,
  underWay: readonly UnderWay[],
  now: string,
): Promise<void> {
  if (sla === undefined) return;
  const cursor = await stores.slas.cursor(pipeline);
  const begunAt = cursor?.begunAt ?? now;
  const { verdicts, report } = evaluateSla({
    pipeline,
    sla,
    facts: await stores.facts.list(pipeline, FACTS),
    underWay,
    begunMs: Date.parse(begunAt),
    evaluatedMs: Date.parse(cursor?.evaluatedAt ?? now),
    nowMs: Date.parse(now),
  });
  const before = await stores.slas.report(pipeline);
  for (const verdict of verdicts) await stores.slas.record(verdict);
  for (const { objective, state, dueAt, message } of report.objectives) {
    const was = before?.objectives.find((one) => one.objective === objective)?.state ?? 'pending';
    if (was !== state && (state === 'missed' || state === 'atRisk')) {
      log.warn(state === 'missed' ? 'sla-missed' : 'sla-at-risk', { pipeline, objective, dueAt, message });
    }
  }
  await stores.slas.evaluated(report, begunAt);
}

/** Pipelines of runs that have not ended, with how far they are. */
async function runsUnderWay({ stores }: ActivityServices): Promise<ReadonlyMap<string, readonly UnderWay[]>> {
  const found = new Map<string, UnderWay[]>();
  for (const runId of await stores.runs.active()) {
    const run = await stores.runs.get(runId);
    if (run === null || isEnded(run.status)) continue;
    for (const { pipeline, status, startedAt, steps } of run.pipelines) {
      if (isEnded(status) || run.trigger.kind === 'release' || run.trigger.kind === 'backfill') continue;
      found.set(pipeline, [...(found.get(pipeline) ?? []), { runId, startedAt, steps }]);
    }
  }
  return found;
}
