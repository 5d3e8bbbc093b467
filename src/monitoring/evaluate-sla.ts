import type { SlaConfig } from '../config/schema/sla';
import { durationMs } from '../model/duration';
import type { RunFact, SlaObjective, SlaReport, SlaStanding, SlaVerdict } from '../model/service-level';
import { dueBetween, nextDue } from './due-times';
import { explainForecast, forecastEnd, type UnderWay } from './forecast';

/** A run that ends right at its due time is recorded a moment later. */
export const GRACE_MS = 60_000;
/** What was evaluated this long before is looked at again: it changes nothing that stands. */
const OVERLAP_MS = 10 * 60_000;

/** What is known of a pipeline when its service level is evaluated. */
export interface Observed {
  readonly pipeline: string;
  readonly sla: SlaConfig;
  /** Ended runs, the newest first. */
  readonly facts: readonly RunFact[];
  /** The runs of it that have not ended. */
  readonly underWay: readonly UnderWay[];
  /** Since when the pipeline is watched, and up to when it was evaluated. Milliseconds since 1970. */
  readonly begunMs: number;
  readonly evaluatedMs: number;
  readonly nowMs: number;
}

export interface Evaluated {
  /** Verdicts on due times that have passed; repeating them changes nothing. */
  readonly verdicts: readonly SlaVerdict[];
  readonly report: SlaReport;
}

interface Part {
  readonly verdicts: readonly SlaVerdict[];
  readonly standing: SlaStanding;
}

/** Holds a pipeline against its service level: what was due, what was done, and what is to be expected. */
export function evaluateSla(seen: Observed): Evaluated {
  const { sla, pipeline, nowMs } = seen;
  const parts = [
    ...(sla.freshness === undefined ? [] : [freshness(seen, durationMs(sla.freshness))]),
    ...(sla.maxDuration === undefined ? [] : [maxDuration(seen, durationMs(sla.maxDuration))]),
    ...(sla.doneBy === undefined ? [] : [doneBy(seen, sla.doneBy)]),
  ];
  return {
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    report: { pipeline, at: iso(nowMs), objectives: parts.map(({ standing }) => standing) },
  };
}

/** Every success makes the time by which the next is due; the first is due from when the pipeline began to be watched. */
function freshness(seen: Observed, maxAgeMs: number): Part {
  const { pipeline, begunMs, evaluatedMs, nowMs } = seen;
  const successes = successesOf(seen).toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  const verdicts: SlaVerdict[] = [];
  const verdict = (dueMs: number, done: RunFact | null): SlaVerdict => ({
    pipeline,
    objective: 'freshness',
    dueAt: iso(dueMs),
    status: done !== null && Date.parse(done.endedAt) <= dueMs ? 'met' : 'missed',
    runId: done?.runId ?? null,
    doneAt: done?.endedAt ?? null,
  });
  let asOf = begunMs;
  for (const success of successes) {
    const first = asOf === begunMs && Date.parse(success.endedAt) < begunMs;
    if (!first && Date.parse(success.endedAt) > evaluatedMs - OVERLAP_MS)
      verdicts.push(verdict(asOf + maxAgeMs, success));
    asOf = Math.max(asOf, Date.parse(success.startedAt));
  }
  const dueMs = asOf + maxAgeMs;
  const missed = nowMs > dueMs + GRACE_MS;
  if (missed) verdicts.push(verdict(dueMs, null));
  const age = `the published data is of ${shown(asOf)}`;
  if (missed)
    return {
      verdicts,
      standing: standing('freshness', 'missed', dueMs, null, `${age}, older than promised since ${shown(dueMs)}`),
    };
  return { verdicts, standing: awaited(seen, 'freshness', dueMs, age) };
}

function maxDuration({ pipeline, facts, underWay, evaluatedMs, nowMs, ...seen }: Observed, mostMs: number): Part {
  const dueOf = (startedAt: string): number => Date.parse(startedAt) + mostMs;
  const ended = facts.filter(({ status, endedAt }) => counts(status) && Date.parse(endedAt) > evaluatedMs - OVERLAP_MS);
  const verdicts = ended.map(({ runId, startedAt, endedAt }): SlaVerdict => ({
    pipeline,
    objective: 'maxDuration',
    dueAt: iso(dueOf(startedAt)),
    status: Date.parse(endedAt) <= dueOf(startedAt) ? 'met' : 'missed',
    runId,
    doneAt: endedAt,
  }));
  const run = underWay.find(({ startedAt }) => startedAt !== null);
  const begunAt = run?.startedAt ?? null;
  if (run !== undefined && begunAt !== null) {
    const dueMs = dueOf(begunAt);
    const since = `${run.runId} is under way since ${shown(Date.parse(begunAt))}`;
    if (nowMs > dueMs) {
      const late: SlaVerdict = {
        pipeline,
        objective: 'maxDuration',
        dueAt: iso(dueMs),
        status: 'missed',
        runId: run.runId,
        doneAt: null,
      };
      const message = `${since} and should have ended by ${shown(dueMs)}`;
      return { verdicts: [...verdicts, late], standing: standing('maxDuration', 'missed', dueMs, run.runId, message) };
    }
    const all = { pipeline, facts, underWay: [run], evaluatedMs, nowMs, ...seen };
    return { verdicts, standing: awaited(all, 'maxDuration', dueMs, since) };
  }
  const last = facts.find(({ status }) => counts(status));
  if (last === undefined) {
    return { verdicts, standing: standing('maxDuration', 'pending', null, null, 'no run has ended yet') };
  }
  const took = Date.parse(last.endedAt) - Date.parse(last.startedAt);
  const state = took <= mostMs ? 'met' : 'missed';
  const message = `the last run took ${Math.round(took / 1000)} s of ${Math.round(mostMs / 1000)} s`;
  return { verdicts, standing: standing('maxDuration', state, null, last.runId, message) };
}

function doneBy(seen: Observed, promise: NonNullable<SlaConfig['doneBy']>): Part {
  const { pipeline, evaluatedMs, nowMs } = seen;
  const within = promise.within === undefined ? Number.POSITIVE_INFINITY : durationMs(promise.within);
  const successes = successesOf(seen).toSorted((a, b) => Date.parse(a.endedAt) - Date.parse(b.endedAt));
  const verdictOf = ({ at, previous }: { at: number; previous: number }): SlaVerdict => {
    const from = Math.max(previous, at - within);
    const done = successes.find(({ endedAt }) => Date.parse(endedAt) > from) ?? null;
    const inTime = done !== null && Date.parse(done.endedAt) <= at;
    return {
      pipeline,
      objective: 'doneBy',
      dueAt: iso(at),
      status: inTime ? 'met' : 'missed',
      runId: done?.runId ?? null,
      doneAt: done?.endedAt ?? null,
    };
  };
  const verdicts = dueBetween(promise, evaluatedMs - GRACE_MS, nowMs - GRACE_MS).map(verdictOf);
  const next = nextDue(promise, nowMs - GRACE_MS);
  const present = verdictOf(next);
  const begun = next.previous > seen.begunMs - GRACE_MS;
  const last = begun ? verdictOf({ at: next.previous, previous: dueBefore(promise, next.previous) }) : null;
  // Late, but there: said so again, so that its miss is no longer open.
  if (last?.status === 'missed' && last.doneAt !== null) verdicts.push(last);
  if (present.status === 'met') {
    const message = `${present.runId ?? ''} was done at ${shown(Date.parse(present.doneAt ?? present.dueAt))}`;
    return { verdicts, standing: standing('doneBy', 'met', next.at, present.runId, message) };
  }
  if (last?.status === 'missed' && last.doneAt === null) {
    const message = `what was due at ${shown(next.previous)} is not done`;
    return { verdicts, standing: standing('doneBy', 'missed', next.previous, null, message) };
  }
  return { verdicts, standing: awaited(seen, 'doneBy', next.at, `due at ${shown(next.at)}`) };
}

function dueBefore(promise: NonNullable<SlaConfig['doneBy']>, atMs: number): number {
  return dueBetween(promise, atMs - 1, atMs)[0]?.previous ?? atMs - 86_400_000;
}

/** What is due and not done: at risk where the figures of earlier runs lead past it. */
function awaited(seen: Observed, objective: SlaObjective, dueMs: number, said: string): SlaStanding {
  const run = seen.underWay.find(({ startedAt }) => startedAt !== null) ?? null;
  const forecast = forecastEnd(seen.facts, run, seen.nowMs);
  const state = forecast !== null && Date.parse(forecast.expectedAt) > dueMs ? 'atRisk' : 'met';
  const expected = forecast === null ? '' : `; ${run === null ? 'if it began now, ' : ''}${explainForecast(forecast)}`;
  const message = `${said}${expected}`;
  return { objective, state, dueAt: iso(dueMs), runId: run?.runId ?? null, forecast, message };
}

function standing(
  objective: SlaObjective,
  state: SlaStanding['state'],
  dueMs: number | null,
  runId: string | null,
  message: string,
): SlaStanding {
  return { objective, state, dueAt: dueMs === null ? null : iso(dueMs), runId, forecast: null, message };
}

function successesOf({ facts }: Observed): RunFact[] {
  return facts.filter(({ status, current }) => status === 'Succeeded' && current);
}

/** Runs that nobody ended and that were not left out. */
function counts(status: RunFact['status']): boolean {
  return status === 'Succeeded' || status === 'Failed';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function shown(ms: number): string {
  return `${iso(ms).slice(0, 16).replace('T', ' ')} UTC`;
}
