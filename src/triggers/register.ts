import type { HttpMethod } from '@azure/functions';
import { app } from 'durable-functions';
import { reasonOf } from '../errors/reason-of';
import { blobHandler } from './files/blob-handler';
import { eventQueueHandler } from './files/event-queue-handler';
import { eventHandler } from './files/event-handler';
import { getSchema } from './http/read-schema';
import { undoRun } from './http/undo-run';
import { cancelBackfill, getBackfill, listBackfills, startPipelineBackfill } from './http/backfills';
import { cancelRun } from './http/cancel-run';
import { handle, type Route } from './http/handle';
import { health } from './http/health';
import { pipelineChecks, runChecks } from './http/read-checks';
import { pausePipeline, resumePipeline } from './http/pause-pipeline';
import { getPipeline, listBreakers, listPipelines, listQuarantine } from './http/read-project';
import { decide, getBatch, getRow, listRows, patchRow, releaseBatch } from './http/review-quarantine';
import { getRun, listRuns } from './http/read-runs';
import { startPipelineRun, startRuns } from './http/start-runs';
import { testConnection } from './http/test-connection';
import { scheduleTick } from './schedule/schedule-tick';
import { startMaintenance } from './schedule/start-maintenance';
import type { TriggerServices } from './trigger-services';

interface HttpRoute {
  readonly name: string;
  readonly method: HttpMethod;
  readonly route: string;
  readonly does: Route;
  /** Open to everybody; all others want a function key. */
  readonly open?: boolean;
  /** Statuses of failures that differ on this route. */
  readonly statuses?: Readonly<Record<string, number>>;
}

/** A pipeline that the address names, and not the body, is not found. */
const IN_ADDRESS = { 'unknown-pipeline': 404, 'unknown-connection': 404 };

/** The HTTP API; docs/api.md describes each. */
export const ROUTES: readonly HttpRoute[] = [
  { name: 'api-start-runs', method: 'POST', route: 'runs', does: startRuns },
  { name: 'api-list-runs', method: 'GET', route: 'runs', does: listRuns },
  { name: 'api-get-run', method: 'GET', route: 'runs/{id}', does: getRun },
  { name: 'api-run-checks', method: 'GET', route: 'runs/{id}/checks', does: runChecks },
  { name: 'api-cancel-run', method: 'POST', route: 'runs/{id}/cancel', does: cancelRun },
  { name: 'api-list-pipelines', method: 'GET', route: 'pipelines', does: listPipelines },
  { name: 'api-get-pipeline', method: 'GET', route: 'pipelines/{name}', does: getPipeline, statuses: IN_ADDRESS },
  {
    name: 'api-start-pipeline-run',
    method: 'POST',
    route: 'pipelines/{name}/runs',
    does: startPipelineRun,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-test-connection',
    method: 'POST',
    route: 'connections/{name}/test',
    does: testConnection,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-pipeline-checks',
    method: 'GET',
    route: 'pipelines/{name}/checks',
    does: pipelineChecks,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-pause-pipeline',
    method: 'POST',
    route: 'pipelines/{name}/pause',
    does: pausePipeline,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-resume-pipeline',
    method: 'POST',
    route: 'pipelines/{name}/resume',
    does: resumePipeline,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-start-backfill',
    method: 'POST',
    route: 'pipelines/{name}/backfills',
    does: startPipelineBackfill,
    statuses: IN_ADDRESS,
  },
  { name: 'api-undo-run', method: 'POST', route: 'runs/{id}/undo', does: undoRun },
  { name: 'api-get-schema', method: 'GET', route: 'pipelines/{name}/schema', does: getSchema },
  { name: 'api-list-backfills', method: 'GET', route: 'backfills', does: listBackfills },
  { name: 'api-get-backfill', method: 'GET', route: 'backfills/{id}', does: getBackfill },
  { name: 'api-cancel-backfill', method: 'POST', route: 'backfills/{id}/cancel', does: cancelBackfill },
  { name: 'api-list-breakers', method: 'GET', route: 'breakers', does: listBreakers },
  { name: 'api-list-quarantine', method: 'GET', route: 'quarantine', does: listQuarantine },
  { name: 'api-get-quarantine', method: 'GET', route: 'quarantine/{batch}', does: getBatch },
  { name: 'api-list-quarantined-rows', method: 'GET', route: 'quarantine/{batch}/rows', does: listRows },
  { name: 'api-get-quarantined-row', method: 'GET', route: 'quarantine/{batch}/rows/{row}', does: getRow },
  { name: 'api-edit-quarantined-row', method: 'PATCH', route: 'quarantine/{batch}/rows/{row}', does: patchRow },
  { name: 'api-decide-quarantined', method: 'POST', route: 'quarantine/{batch}/decisions', does: decide },
  { name: 'api-release-quarantined', method: 'POST', route: 'quarantine/{batch}/release', does: releaseBatch },
  { name: 'api-health', method: 'GET', route: 'health', does: health, open: true },
];

const EVERY_MINUTE = '0 * * * * *';
const EVERY_HOUR = '0 17 * * * *';

/** Registers every trigger of the app. A pipelines folder with errors costs the triggers of what is broken, no others. */
export function registerTriggers(services: TriggerServices): void {
  for (const { name, method, route, does, open, statuses } of ROUTES) {
    const authLevel = open === true ? 'anonymous' : 'function';
    app.client.http(name, { route, methods: [method], authLevel, handler: handle(services, does, statuses) });
  }
  app.client.timer('schedule-tick', {
    schedule: EVERY_MINUTE,
    handler: async (_timer, client) => scheduleTick(services, client),
  });
  app.client.timer('start-maintenance', {
    schedule: EVERY_HOUR,
    handler: async (_timer, client) => {
      await startMaintenance(services, client);
    },
  });
  try {
    registerFileTriggers(services);
  } catch (error) {
    services.log.error('file-triggers-not-registered', { reason: reasonOf(error) });
  }
}

function registerFileTriggers(services: TriggerServices): void {
  const { partial, problems } = services.project.load();
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) services.log.error('project-invalid', { errors: errors.length, first: errors[0]?.message });
  // The host needs no trigger of its own for each pipeline: nobody could call it.
  if (services.eventQueue !== null) {
    const { name: queueName, setting: connection } = services.eventQueue;
    app.client.storageQueue('file-events', { queueName, connection, handler: eventQueueHandler(services) });
    return;
  }
  for (const [pipeline, { trigger }] of Object.entries(partial.pipelines)) {
    if (trigger?.blob !== undefined) {
      app.client.storageBlob(`blob-${pipeline}`, {
        path: trigger.blob.path,
        connection: trigger.blob.setting,
        // Flex Consumption knows this source only; locally nobody sends events, so the container is looked through.
        source: services.inAzure ? 'EventGrid' : 'LogsAndContainerScan',
        handler: blobHandler(services, pipeline),
      });
    }
    if (trigger?.event !== undefined) {
      app.client.eventGrid(`event-${pipeline}`, { handler: eventHandler(services, pipeline, trigger.event.path) });
    }
  }
}
