import type { Alert } from '../../../model/alert';
import type { AlertGroup } from '../../../model/alert-group';
import type { ActivityServices } from '../activity-services';

/** The alerts of a group; one that is gone is left out. */
export async function groupAlerts(
  { stores }: Pick<ActivityServices, 'stores'>,
  group: Pick<AlertGroup, 'alerts'>,
): Promise<Alert[]> {
  const found = await Promise.all(group.alerts.map((id) => stores.alerts.get(id)));
  return found.filter((alert) => alert !== null);
}

/** A group is open while any alert of it is, and resolved when all are. */
export function stateOf(alerts: readonly Pick<Alert, 'state'>[]): Alert['state'] {
  if (alerts.some(({ state }) => state === 'open')) return 'open';
  return alerts.some(({ state }) => state === 'acknowledged') ? 'acknowledged' : 'resolved';
}
