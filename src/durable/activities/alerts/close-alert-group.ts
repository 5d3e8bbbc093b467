import type { CloseAlertGroupInput } from '../../contracts/escalation';
import { ACTIVITIES } from '../../contracts/names';
import { defineActivity } from '../define-activity';
import { groupAlerts, stateOf } from './group-alerts';

/** Closes a group whose alerts are all resolved; an alert that comes then makes a new one. */
export const closeAlertGroup = defineActivity(
  ACTIVITIES.closeAlertGroup,
  async (services, { group, now, force }: CloseAlertGroupInput): Promise<{ readonly closed: boolean }> => {
    const closed = await services.stores.alertGroups.close(
      group,
      now,
      async (found) => force || stateOf(await groupAlerts(services, found)) === 'resolved',
    );
    return { closed };
  },
);
