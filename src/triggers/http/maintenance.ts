import { z } from 'zod';
import { MAINTENANCE_INSTANCE, type MaintenanceResult } from '../../durable/contracts/orchestrations';
import { MaintenanceNotFoundError } from '../../errors/maintenance-not-found-error';
import { instanceStatus, isUnderWay } from '../instance-status';
import { startDryMaintenance, startMaintenance } from '../schedule/start-maintenance';
import { callerOf } from './caller';
import { correlationOf } from './correlation';
import { addressOf, type Route } from './handle';
import { readBody } from './read-request';

export const maintenanceBody = z.strictObject({
  dryRun: z.boolean().default(true).describe('Only tell what would be deleted and moved.'),
});

/** `POST /api/maintenance`: starts one now. A dry run changes nothing, and may go on beside the hourly one. */
export const startMaintenanceNow: Route = async (services, request, client) => {
  const { dryRun } = await readBody(request, maintenanceBody);
  const by = callerOf(services, request);
  // One that is under way does the same.
  const id = dryRun ? await startDryMaintenance(services, client) : MAINTENANCE_INSTANCE;
  const started = dryRun || (await startMaintenance(services, client));
  services.log.info('maintenance-requested', { by, dryRun, started });
  // What it deletes is gone: who asked for it stands there, also where one is under way already.
  if (!dryRun) {
    await services.stores.audit.append({
      at: services.clock.now(),
      action: 'maintenance-requested',
      by,
      subject: id,
      detail: { started },
      correlationId: correlationOf(request) ?? id,
    });
  }
  const location = addressOf(request, `maintenance/${id}`);
  return {
    status: 202,
    headers: { Location: location, 'Retry-After': '2' },
    jsonBody: { id, dryRun, started, links: { maintenance: location } },
  };
};

/** `GET /api/maintenance/{id}`: how far it is, and what it did; the hourly one is `maintenance`. */
export const getMaintenance: Route = async (_services, request, client) => {
  const id = request.params['id'] ?? '';
  const known = /^maintenance(-dry-[0-9a-f-]{36})?$/.test(id);
  const status = known ? await instanceStatus(client, id) : null;
  if (status === null) throw new MaintenanceNotFoundError(id);
  const underWay = isUnderWay(status);
  const result = underWay ? null : (status.output as MaintenanceResult | string | null);
  const { reports = [], failures = [] } = typeof result === 'object' && result !== null ? result : {};
  return {
    jsonBody: {
      id,
      dryRun: id !== MAINTENANCE_INSTANCE,
      ended: !underWay,
      policies: reports.flatMap(({ policies = [] }) => policies),
      reports: reports.map(({ task, count, items }) => ({ task, count, items })),
      failures,
    },
    ...(underWay ? { headers: { 'Retry-After': '2' } } : {}),
  };
};
