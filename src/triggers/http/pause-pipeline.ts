import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { PipelinePausedError } from '../../errors/pipeline-paused-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { TriggerServices } from '../trigger-services';
import { callerOf } from './caller';
import { correlationOf } from './correlation';
import { type Route } from './handle';
import { readBody } from './read-request';

export const pauseBody = z.strictObject({ reason: z.string().min(1).max(500) });
export const resumeBody = z.strictObject({ reason: z.string().max(500).default('') });
/** What the audit trail calls all pipelines. */
const ALL = 'all-pipelines';

/** `POST /api/pipelines/{name}/pause`: triggers and runs of several pipelines skip it until it is resumed. */
export const pausePipeline: Route = async (services, request) => {
  const { reason } = await readBody(request, pauseBody);
  const pipeline = nameOf(services, request);
  const paused = { by: callerOf(services, request), at: services.clock.now(), reason };
  await services.stores.pauses.pause(pipeline, paused);
  await note(services, request, 'pipeline-paused', pipeline, paused);
  return { jsonBody: { pipeline, paused } };
};

/** `POST /api/pipelines/{name}/resume`: ends the pipeline's own pause; where there is none, nothing changes. `paused` is that of all, if there is one. */
export const resumePipeline: Route = async (services, request) => {
  const { reason } = await readBody(request, resumeBody);
  const pipeline = nameOf(services, request);
  const before = await services.stores.pauses.get(pipeline);
  if (before !== null) {
    await services.stores.pauses.resume(pipeline);
    const resumed = { by: callerOf(services, request), at: services.clock.now(), reason };
    await note(services, request, 'pipeline-resumed', pipeline, resumed);
  }
  return { jsonBody: { pipeline, paused: await services.stores.pauses.all(), wasPaused: before } };
};

/** `POST /api/pause`: schedules, files, backfills and starts of any pipeline are put off until all are resumed. Runs under way go on. */
export const pauseAll: Route = async (services, request) => {
  const { reason } = await readBody(request, pauseBody);
  const paused = { by: callerOf(services, request), at: services.clock.now(), reason };
  await services.stores.pauses.pauseAll(paused);
  await note(services, request, 'all-paused', ALL, paused);
  return { jsonBody: { paused } };
};

/** `POST /api/resume`: ends the pause of all; pipelines with a pause of their own stay paused, and are named. */
export const resumeAll: Route = async (services, request) => {
  const { reason } = await readBody(request, resumeBody);
  const { pauses } = services.stores;
  const before = await pauses.all();
  if (before !== null) {
    await pauses.resumeAll();
    const resumed = { by: callerOf(services, request), at: services.clock.now(), reason };
    await note(services, request, 'all-resumed', ALL, resumed);
  }
  const names = Object.keys(services.project.load().partial.pipelines);
  const own = await Promise.all(names.map(async (name) => ((await pauses.get(name)) === null ? [] : [name])));
  return { jsonBody: { paused: null, wasPaused: before, stillPaused: own.flat() } };
};

/** @throws {PipelinePausedError} where all pipelines are paused, or somebody names a paused one, and does not insist. */
export async function refusePaused(
  { stores }: Pick<TriggerServices, 'stores'>,
  pipelines: readonly string[],
  force: boolean,
): Promise<void> {
  if (force) return;
  const all = await stores.pauses.all();
  if (all !== null) throw new PipelinePausedError(null, all);
  for (const pipeline of pipelines) {
    const pause = await stores.pauses.get(pipeline);
    if (pause !== null) throw new PipelinePausedError(pipeline, pause);
  }
}

function nameOf({ project }: TriggerServices, request: HttpRequest): string {
  const name = request.params['name'] ?? '';
  if (!Object.hasOwn(project.load().partial.pipelines, name)) {
    throw new UnknownPipelineError(name, 'Look the name up in GET /api/pipelines.');
  }
  return name;
}

async function note(
  { stores }: TriggerServices,
  request: HttpRequest,
  action: string,
  pipeline: string,
  { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
): Promise<void> {
  const correlationId = correlationOf(request) ?? pipeline;
  await stores.audit.append({ at, action, by, subject: pipeline, detail: { reason }, correlationId });
}
