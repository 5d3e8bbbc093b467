import { EntityId } from 'durable-functions';
import { z } from 'zod';
import { batchIdOf } from '../../model/quarantine-review';
import type { PipelineConfig } from '../../config/schema/pipeline';
import type { BreakerState } from '../../durable/contracts/entities';
import { ENTITIES } from '../../durable/contracts/names';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { TriggerServices } from '../trigger-services';
import type { Route } from './handle';
import { readQuery } from './read-request';
import { versionStates, type VersionState } from './versions';

/** `GET /api/breakers`: the circuit breaker of each connection. */
export const listBreakers: Route = async ({ project }, _request, client) => {
  const { partial } = project.load();
  const breakers = Object.entries(partial.connections).map(async ([connection, { kind, breaker }]) => {
    const { entityExists, entityState } = await client.readEntityState<BreakerState>(
      new EntityId(ENTITIES.circuitBreaker, connection),
    );
    // One that nobody asked yet has no entity, and lets everybody through.
    const state: BreakerState = entityExists && entityState ? entityState : { state: 'closed', calls: [] };
    return { connection, kind, policy: breaker, ...shown(state) };
  });
  return { jsonBody: { breakers: await Promise.all(breakers) } };
};

function shown(state: BreakerState) {
  const time = (ms: number): string => new Date(ms).toISOString();
  switch (state.state) {
    case 'closed': {
      const sum = (key: 'successes' | 'failures'): number => state.calls.reduce((total, call) => total + call[key], 0);
      return { state: state.state, successes: sum('successes'), failures: sum('failures') };
    }
    case 'open':
      return { state: state.state, openedAt: time(state.openedAt), until: time(state.until), reason: state.reason };
    case 'half-open':
      return { state: state.state, openedAt: time(state.openedAt), probe: state.probe?.holder ?? null };
  }
}

/** `GET /api/pipelines`: what is deployed, what is wrong with it, and how far each pipeline has loaded. */
export const listPipelines: Route = async (services) => {
  const { problems } = await services.project.check();
  const { partial } = services.project.load();
  const stateOf = await versionStates(services);
  const pipelines = Object.values(partial.pipelines).map((pipeline) =>
    describe(services, pipeline, stateOf(pipeline.pipeline)),
  );
  return {
    jsonBody: {
      environment: services.environment,
      paused: await services.stores.pauses.all(),
      pipelines: await Promise.all(pipelines),
      problems,
    },
  };
};

/** `GET /api/pipelines/{name}`: the same of one, with its whole definition; secrets stay names. */
export const getPipeline: Route = async (services, request) => {
  const name = request.params['name'] ?? '';
  const { partial } = services.project.load();
  const definition = Object.hasOwn(partial.pipelines, name) ? partial.pipelines[name] : undefined;
  if (definition === undefined) throw new UnknownPipelineError(name, 'Look the name up in GET /api/pipelines.');
  const stateOf = await versionStates(services);
  return { jsonBody: { ...(await describe(services, definition, stateOf(name))), definition } };
};

async function describe({ stores }: TriggerServices, pipeline: PipelineConfig, state: VersionState | null) {
  const { pipeline: name, description, owner, tags, dependsOn, trigger, source, target, concurrency } = pipeline;
  const watermark = await stores.watermarks.get(name);
  return {
    pipeline: name,
    description: description ?? null,
    owner: owner ?? null,
    tags,
    dependsOn,
    trigger: trigger ?? null,
    concurrency,
    source: { connection: source.connection },
    target: {
      connection: target.connection,
      table: target.table ?? target.path,
      writeDisposition: target.writeDisposition,
    },
    version:
      state === null ? null : { deployed: state.deployed, used: state.used.hash, why: state.used.why, pin: state.pin },
    paused: await stores.pauses.effective(name),
    scheduledUpTo: trigger?.schedule === undefined ? null : await stores.cursors.get(name),
    watermark:
      watermark === null ? null : { load: watermark.load, value: watermark.value, files: watermark.files.length },
  };
}

export const quarantineQuery = z.strictObject({
  pipeline: z.string().min(1).max(63).optional(),
  runId: z.string().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `GET /api/quarantine`: batches of quarantined rows, newest first, with their ids and the artifacts that hold them. */
export const listQuarantine: Route = async ({ stores }, request) => {
  const { pipeline, runId, limit } = readQuery(request, quarantineQuery);
  const batches = await stores.quarantine.list({
    limit,
    ...(pipeline !== undefined && { pipeline }),
    ...(runId !== undefined && { runId }),
  });
  const named = batches.map((batch) => ({ batch: batchIdOf({ ...batch, entry: batch.entry ?? 0 }), ...batch }));
  return { jsonBody: { batches: named } };
};
