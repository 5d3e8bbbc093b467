import { z } from 'zod';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { Route } from './handle';
import { readQuery } from './read-request';

/** Due times of each pipeline that the share is of. */
const RECENT = 30;

/** `GET /api/slas`: what each pipeline promises, how it stands, and how the last due times went. */
export const listSlas: Route = async ({ stores, project }) => {
  const promising = Object.values(project.load().partial.pipelines).filter(({ sla }) => sla !== undefined);
  const slas = promising.map(async ({ pipeline, owner, sla }) => {
    const report = await stores.slas.report(pipeline);
    const recent = await stores.slas.list({ pipeline, limit: RECENT });
    const met = recent.filter(({ status }) => status === 'met').length;
    return {
      pipeline,
      owner: owner ?? null,
      sla,
      evaluatedAt: report?.at ?? null,
      objectives: report?.objectives ?? [],
      recent: { met, missed: recent.length - met },
    };
  });
  return { jsonBody: { slas: await Promise.all(slas) } };
};

const time = z.iso.datetime({ offset: true });
export const slaQuery = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** `GET /api/pipelines/{name}/sla`: its due times, the newest first, for a calendar; and how it stands. */
export const pipelineSla: Route = async ({ stores, project }, request) => {
  const pipeline = request.params['name'] ?? '';
  const { from, to, limit } = readQuery(request, slaQuery);
  const { pipelines } = project.load().partial;
  const known = Object.hasOwn(pipelines, pipeline) ? pipelines[pipeline] : undefined;
  const history = await stores.slas.list({
    pipeline,
    limit,
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(to !== undefined && { to: new Date(to).toISOString() }),
  });
  // A pipeline that was taken away keeps its history.
  if (known === undefined && history.length === 0) {
    throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
  }
  const report = await stores.slas.report(pipeline);
  return {
    jsonBody: {
      pipeline,
      sla: known?.sla ?? null,
      evaluatedAt: report?.at ?? null,
      objectives: report?.objectives ?? [],
      history,
    },
  };
};
