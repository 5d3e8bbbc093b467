import { worstOf } from '../../../model/alert';
import { heldUntil } from '../../../monitoring/quiet-hours';
import type { AlertGroupInput, AlertGroupStanding } from '../../contracts/escalation';
import { ACTIVITIES } from '../../contracts/names';
import { defineActivity } from '../define-activity';
import { groupAlerts, stateOf } from './group-alerts';

/** How a group of alerts stands, and whether anybody may be told of it now. One that is gone is resolved. */
export const readAlertGroup = defineActivity(
  ACTIVITIES.readAlertGroup,
  async (services, { group: id, now }: AlertGroupInput): Promise<AlertGroupStanding> => {
    const group = await services.stores.alertGroups.get(id);
    if (group === null) return { state: 'resolved', version: 0, heldUntil: null };
    const alerts = await groupAlerts(services, group);
    const config = services.alerting.config();
    const hours = config?.routes.find(({ name }) => name === group.route)?.quietHours;
    const quiet = hours === undefined ? undefined : config?.quietHours[hours];
    const unresolved = alerts.filter(({ state }) => state !== 'resolved');
    const severity = worstOf((unresolved.length > 0 ? unresolved : alerts).map((alert) => alert.severity));
    return { state: stateOf(alerts), version: group.joined, heldUntil: heldUntil(quiet, severity, Date.parse(now)) };
  },
);
