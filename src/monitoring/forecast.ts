import type { PipelineRunRecord } from '../durable/contracts/run-record';
import type { Forecast, RunFact } from '../model/service-level';
import { STEPS } from '../model/status';
import { median, spread } from './median';

/** Published runs that figures are taken from. */
export const FORECAST_RUNS = 20;
/** With fewer there is no forecast. */
export const LEAST_RUNS = 3;

/** A pipeline in a run that has not ended. */
export type UnderWay = { readonly runId: string } & Pick<PipelineRunRecord, 'startedAt' | 'steps'>;

/**
 * When a run is expected to end, by the steps of earlier published runs; null with fewer than three of them. Of a step that fans out, what is left follows
 * from its partitions; of another, from its time so far.
 */
export function forecastEnd(facts: readonly RunFact[], run: UnderWay | null, nowMs: number): Forecast | null {
  const published = facts.filter(({ load, current }) => load !== null && current).slice(0, FORECAST_RUNS);
  if (published.length < LEAST_RUNS) return null;
  const seen = new Map((run?.steps ?? []).map((step) => [step.step, step]));
  const lastSeen = Math.max(-1, ...[...seen.keys()].map((step) => STEPS.indexOf(step)));
  // A step is seen once a partition of it has ended: until then, it has been at work since the one before it ended.
  const startedAt = run?.startedAt ?? null;
  let idleSince = startedAt === null ? null : Date.parse(startedAt);
  for (const { endedAt } of seen.values())
    idleSince = endedAt === null ? null : Math.max(idleSince ?? 0, Date.parse(endedAt));
  const steps = STEPS.flatMap((step, index) => {
    const times = published.flatMap((fact) => fact.steps.filter((one) => one.step === step).map(({ ms }) => ms));
    if (times.length === 0) return [];
    const figures = { step, medianMs: median(times), spreadMs: spread(times) };
    const its = seen.get(step);
    if (index < lastSeen || (its !== undefined && its.endedAt !== null)) return [{ ...figures, leftMs: 0 }];
    if (its !== undefined) return [{ ...figures, leftMs: left(figures.medianMs, its, nowMs) }];
    const worked = idleSince === null ? 0 : Math.max(0, nowMs - idleSince);
    // What passed beyond the usual time of this step is not taken off the next.
    idleSince = null;
    return [{ ...figures, leftMs: Math.max(0, figures.medianMs - worked) }];
  });
  const leftMs = steps.reduce((sum, step) => sum + step.leftMs, 0);
  const spreadMs = steps.reduce((sum, step) => sum + (step.leftMs > 0 ? step.spreadMs : 0), 0);
  return {
    runId: run?.runId ?? null,
    expectedAt: new Date(nowMs + leftMs).toISOString(),
    latestAt: new Date(nowMs + leftMs + spreadMs).toISOString(),
    runs: published.length,
    steps,
  };
}

function left(medianMs: number, step: PipelineRunRecord['steps'][number], nowMs: number): number {
  const { total, done } = step.partitions;
  if (total > 1) return medianMs * (1 - Math.min(done, total) / total);
  return step.startedAt === null ? medianMs : Math.max(0, medianMs - (nowMs - Date.parse(step.startedAt)));
}

/** The figures of a forecast, for people. */
export function explainForecast({ runs, steps, expectedAt, latestAt }: Forecast): string {
  const shown = steps
    .filter(({ leftMs }) => leftMs > 0)
    .map(({ step, medianMs, spreadMs }) => `${step} ${seconds(medianMs)} ± ${seconds(spreadMs)}`);
  const from = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
  return `by the last ${runs} published runs${from} it ends at ${minute(expectedAt)}, at the latest at ${minute(latestAt)}`;
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function minute(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}
