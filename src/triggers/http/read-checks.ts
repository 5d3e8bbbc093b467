import { z } from 'zod';
import { didYouMean } from '../../model/closest';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { CheckResult } from '../../model/check-result';
import { isEnded } from '../../model/status';
import type { CheckRun } from '../../state/stores';
import { addressOf, type Route } from './handle';
import { readQuery } from './read-request';
import { findRun } from './read-runs';

/** `GET /api/runs/{id}/checks`: what the checks of every pipeline of the run said, also while it is under way. */
export const runChecks: Route = async (services, request) => {
  const run = await findRun(services, request.params['id'] ?? '');
  const said = new Map((await services.stores.checks.ofRun(run.runId)).map((one) => [one.pipeline, one]));
  const pipelines = run.pipelines.map(({ pipeline, status, checks }) => {
    const its = said.get(pipeline);
    return {
      pipeline,
      status,
      verdict: its?.verdict ?? null,
      message: its?.message ?? null,
      checks: its?.checks ?? checks,
    };
  });
  const headers = isEnded(run.status) ? {} : { headers: { 'Retry-After': '2' } };
  return { jsonBody: { runId: run.runId, status: run.status, startedAt: run.startedAt, pipelines }, ...headers };
};

export const checksQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  check: z.string().min(1).max(200).optional(),
  continuation: z.string().min(1).max(500).optional(),
});

/** `GET /api/pipelines/{name}/checks`: the same over the pipeline's runs, newest first, and as a series for each check. */
export const pipelineChecks: Route = async ({ stores, project }, request) => {
  const pipeline = request.params['name'] ?? '';
  const { limit, check, continuation } = readQuery(request, checksQuery);
  const page = await stores.checks.list({
    pipeline,
    limit,
    ...(continuation !== undefined && { continuation: decode(continuation) }),
  });
  // A pipeline that was taken away keeps its history.
  if (
    page.runs.length === 0 &&
    continuation === undefined &&
    !Object.hasOwn(project.load().partial.pipelines, pipeline)
  )
    throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
  const runs = check === undefined ? page.runs : onlyCheck(page.runs, check, continuation === undefined);
  const next = page.continuation === null ? null : Buffer.from(page.continuation).toString('base64url');
  const parameters = new URLSearchParams(request.query);
  parameters.delete('code');
  if (next !== null) parameters.set('continuation', next);
  const address = addressOf(request, `pipelines/${encodeURIComponent(pipeline)}/checks`);
  const links = next === null ? {} : { next: `${address}?${parameters.toString()}` };
  const shown = runs.map(({ runId, at, verdict, message, checks }) => ({ runId, at, verdict, message, checks }));
  return { jsonBody: { pipeline, runs: shown, trends: trendsOf(runs), continuation: next, links } };
};

/** The runs that have the check, with it alone. On the first page a name that none of them has is a mistake. */
function onlyCheck(runs: readonly CheckRun[], name: string, isFirstPage: boolean): readonly CheckRun[] {
  const found = runs
    .map((run) => ({ ...run, checks: run.checks.filter((check) => check.name === name) }))
    .filter(({ checks }) => checks.length > 0);
  if (found.length === 0 && runs.length > 0 && isFirstPage) {
    const names = [...new Set(runs.flatMap(({ checks }) => checks.map((check) => check.name)))];
    const message = `none of the newest ${runs.length} runs has the check '${name}'. ${didYouMean(name, names, 'checks')}`;
    throw new InvalidRequestError([{ path: 'check', message }]);
  }
  return found;
}

/** One series for each check, newest first. */
function trendsOf(runs: readonly CheckRun[]) {
  const series = new Map<string, { readonly check: CheckResult; readonly points: object[] }>();
  for (const { runId, at, checks } of runs) {
    for (const check of checks) {
      const { name, evaluated, failures, status, figures = {} } = check;
      const one = series.get(name) ?? { check, points: [] };
      series.set(name, one);
      one.points.push({ ...figures, runId, at, status, evaluated, failures });
    }
  }
  return [...series.values()].map(({ check: { name, kind, columns }, points }) => ({
    check: name,
    kind,
    columns,
    points,
  }));
}

function decode(continuation: string): string {
  const text = Buffer.from(continuation, 'base64url').toString('utf8');
  if (/^\d{13}:[\w.:~-]{1,200}$/.test(text)) return text;
  throw new InvalidRequestError([{ path: 'continuation', message: 'is not one that an answer gave' }]);
}
