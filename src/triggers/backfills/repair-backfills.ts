import type { BackfillResult } from '../../durable/contracts/backfill';
import { OrchestrationLostError } from '../../errors/orchestration-lost-error';
import { toFailure } from '../../errors/to-failure';
import { instanceStatus, isUnderWay } from '../instance-status';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { startBackfillOrchestration } from './start-backfill';

/** Starts backfills that were recorded and never started, and closes those whose orchestration ended without recording it. */
export async function repairBackfills(services: TriggerServices, client: Orchestrations): Promise<void> {
  const { stores, clock, log } = services;
  for (const backfill of await stores.backfills.active()) {
    const { id } = backfill;
    const instance = await instanceStatus(client, id);
    if (isUnderWay(instance)) continue;
    if (instance === null) {
      await startBackfillOrchestration(client, backfill);
      log.warn('backfill-start-repaired', { backfill: id });
      continue;
    }
    const ended = instance.output as BackfillResult | null;
    const status = ended?.status ?? 'Failed';
    const lost = new OrchestrationLostError('The backfill', instance.output ?? 'its orchestration is gone');
    const failure = ended?.status === undefined ? toFailure(lost) : null;
    await stores.backfills.end(id, { status, failure, endedAt: clock.now() });
    log.warn('backfill-closed', { backfill: id, status });
  }
}
