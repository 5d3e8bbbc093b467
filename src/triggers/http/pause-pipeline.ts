import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { PipelinePausedError } from '../../errors/pipeline-paused-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { TriggerServices } from '../trigger-services';
import { callerOf } from './caller';
import { type Route } from './handle';
import { readBody } from './read-request';

const pauseBody = z.strictObject({ reason: z.string().min(1).max(500) });
const resumeBody = z.strictObject({ reason: z.string().max(500).default('') });

/** `POST /api/pipelines/{name}/pause`: triggers and runs of several pipelines skip it until it is resumed. */
export const pausePipeline: Route = async (services, request) => {
  const { reason } = await readBody(request, pauseBody);
  const pipeline = nameOf(services, request);
  const paused = { by: callerOf(services, request), at: services.clock.now(), reason };
  await services.stores.pauses.pause(pipeline, paused);
  await note(services, 'pipeline-paused', pipeline, paused);
  return { jsonBody: { pipeline, paused } };
};

/** `POST /api/pipelines/{name}/resume`: ends the pause; where there is none, nothing changes. */
export const resumePipeline: Route = async (services, request) => {
  const { reason } = await readBody(request, resumeBody);
  const pipeline = nameOf(services, request);
  const before = await services.stores.pauses.get(pipeline);
  if (before !== null) {
    await services.stores.pauses.resume(pipeline);
    const resumed = { by: callerOf(services, request), at: services.clock.now(), reason };
    await note(services, 'pipeline-resumed', pipeline, resumed);
  }
  return { jsonBody: { pipeline, paused: null, wasPaused: before } };
};

/** @throws {PipelinePausedError} where somebody names a paused pipeline and does not insist. */
export async function refusePaused(
  { stores }: Pick<TriggerServices, 'stores'>,
  pipelines: readonly string[],
  force: boolean,
): Promise<void> {
  if (force) return;
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
  action: string,
  pipeline: string,
  { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
): Promise<void> {
  await stores.audit.append({ at, action, by, subject: pipeline, detail: { reason }, correlationId: pipeline });
}
