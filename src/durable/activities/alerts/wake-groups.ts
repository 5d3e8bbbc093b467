import { reasonOf } from '../../../errors/reason-of';
import type { Alert } from '../../../model/alert';
import type { Logger } from '../../../observability/logger';
import { ALERTS_CHANGED_EVENT } from '../../contracts/escalation';
import type { WatchingClient } from '../monitoring/watching-client';

/** Wakes the escalations that tell of an alert; one that cannot be woken looks by itself within minutes. */
export async function wakeGroups(
  client: Pick<WatchingClient, 'raiseEvent'>,
  { groups }: Pick<Alert, 'groups'>,
  log: Logger,
): Promise<void> {
  for (const group of new Set(Object.values(groups))) {
    try {
      await client.raiseEvent(group, ALERTS_CHANGED_EVENT, {});
    } catch (error) {
      log.debug('escalation-not-woken', { group, reason: reasonOf(error) });
    }
  }
}
