import type { PipelineConfig } from '../../../config/schema/pipeline';
import { toFailure } from '../../../errors/to-failure';
import { isEnded } from '../../../model/status';
import { alertsOfSla, keyOfSla } from '../../../monitoring/alerts-of-sla';
import { evaluateSla } from '../../../monitoring/evaluate-sla';
import type { UnderWay } from '../../../monitoring/forecast';
import type { MonitoringInput, MonitoringReport } from '../../contracts/monitoring';
import type { ActivityServices } from '../activity-services';
import { raiseAlert, resolveAlert } from '../alerts/raise-alert';
import type { WatchingClient } from './watching-client';

/** Ended runs of a pipeline that are looked at. */
const FACTS = 60;
const OBJECTIVES = ['freshness', 'maxDuration', 'doneBy'] as const;
const KINDS = ['sla-missed', 'sla-at-risk'] as const;

/** Holds every pipeline that promises something against it; what fails for one does not stop the others. */
export async function evaluateSlas(
  services: ActivityServices,
  client: WatchingClient,
  { now }: MonitoringInput,
): Promise<MonitoringReport> {
  const { pipelines } = services.watched();
  const promising = Object.values(pipelines).filter(({ sla }) => sla !== undefined);
  const underWay = promising.length === 0 ? new Map<string, readonly UnderWay[]>() : await runsUnderWay(services);
  const standing = new Set<string>();
  for (const pipeline of promising) {
    try {
      for (const key of await evaluateOne(services, pipeline, underWay.get(pipeline.pipeline) ?? [], now))
        standing.add(key);
    } catch (error) {
      const { code, message } = toFailure(error);
      services.log.error('sla-not-evaluated', { pipeline: pipeline.pipeline, code, message });
      for (const objective of OBJECTIVES)
        for (const kind of KINDS) standing.add(keyOfSla(kind, pipeline.pipeline, objective));
    }
  }
  for (const { id, kind, key } of await services.stores.alerts.unresolved()) {
    if ((kind !== 'sla-missed' && kind !== 'sla-at-risk') || standing.has(key)) continue;
    const reason =
      kind === 'sla-missed' ? 'what was due is done, or no longer promised' : 'it is no longer to be expected';
    await resolveAlert(services, client, id, { by: 'sluice', at: now, reason });
  }
  return { task: 'evaluate-slas', count: promising.length };
}

/** Gives the keys of the alerts that stand. */
async function evaluateOne(
  services: ActivityServices,
  { pipeline, sla }: PipelineConfig,
  underWay: readonly UnderWay[],
  now: string,
): Promise<readonly string[]> {
  const { stores, log } = services;
  if (sla === undefined) return [];
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
  for (const event of alertsOfSla(report, verdicts, services.watched().pipelines)) await raiseAlert(services, event);
  await stores.slas.evaluated(report, begunAt);
  return report.objectives.flatMap(({ objective, state }) =>
    state === 'missed'
      ? [keyOfSla('sla-missed', pipeline, objective)]
      : state === 'atRisk'
        ? [keyOfSla('sla-at-risk', pipeline, objective)]
        : [],
  );
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
