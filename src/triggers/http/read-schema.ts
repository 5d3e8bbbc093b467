import { z } from 'zod';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { Route } from './handle';
import { readQuery } from './read-request';

export const schemaQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) });

/** `GET /api/pipelines/{name}/schema`: the columns of the source and of the target over time, newest first. */
export const getSchema: Route = async ({ stores, project }, request) => {
  const { limit } = readQuery(request, schemaQuery);
  const pipeline = request.params['name'] ?? '';
  if (!Object.hasOwn(project.load().partial.pipelines, pipeline)) {
    throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
  }
  const [source, target] = await Promise.all([
    stores.schemas.list(pipeline, 'source', limit),
    stores.schemas.list(pipeline, 'target', limit),
  ]);
  return { jsonBody: { pipeline, source, target } };
};
