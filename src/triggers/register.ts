import { app } from 'durable-functions';
import { AuditChainBrokenError } from '../errors/audit-chain-broken-error';
import { reasonOf } from '../errors/reason-of';
import { exportAudit } from './audit/export-audit';
import { blobHandler } from './files/blob-handler';
import { eventQueueHandler } from './files/event-queue-handler';
import { eventHandler } from './files/event-handler';
import { guarded } from './http/guarded';
import { handle } from './http/handle';
import { ROUTES } from './http/routes';
import { scheduleTick } from './schedule/schedule-tick';
import { startMaintenance } from './schedule/start-maintenance';
import { startMonitoring } from './schedule/start-monitoring';
import type { TriggerServices } from './trigger-services';

const EVERY_MINUTE = '0 * * * * *';
/** Half a minute after the tick, so that the two do not come at once. */
const EVERY_MINUTE_BETWEEN = '30 * * * * *';
const EVERY_HOUR = '0 17 * * * *';
/** Apart from maintenance, which keeps the processor busy. */
const EVERY_HOUR_LATER = '0 43 * * * *';

/** Registers every trigger of the app. A pipelines folder with errors costs the triggers of what is broken, no others. */
export function registerTriggers(services: TriggerServices): void {
  // Where the platform vouches for callers, nobody needs a key of the host besides.
  const keyed = services.callers.mode === 'functionKey';
  if (!keyed && !services.callers.appServiceAuthentication) {
    services.log.error('authentication-off', {
      says: "SLUICE_AUTH is 'entra' and App Service authentication is not on",
    });
  }
  for (const httpRoute of ROUTES) {
    const { name, method, route, role, statuses } = httpRoute;
    const authLevel = role !== null && keyed ? 'function' : 'anonymous';
    const handler = handle(services, guarded(httpRoute), statuses);
    app.client.http(name, { route, methods: [method], authLevel, handler });
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
  app.client.timer('start-monitoring', {
    schedule: EVERY_MINUTE_BETWEEN,
    handler: async (_timer, client) => {
      await startMonitoring(services, client);
    },
  });
  app.client.timer('export-audit', {
    schedule: EVERY_HOUR_LATER,
    handler: async () => {
      const { broken } = await exportAudit(services);
      if (broken.length > 0) throw new AuditChainBrokenError(broken);
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
