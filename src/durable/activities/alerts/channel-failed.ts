import type { ChannelFailedInput } from '../../contracts/escalation';
import { ACTIVITIES } from '../../contracts/names';
import { defineActivity } from '../define-activity';
import { raiseAlert } from './raise-alert';

/** Notes on every alert of the group that a channel was given up, and raises an alert of it, which is told of to nobody: it might take the same road. */
export const channelFailed = defineActivity(
  ACTIVITIES.channelFailed,
  async (
    services,
    { group: id, channel, message, code, reason, otherwise, now }: ChannelFailedInput,
  ): Promise<null> => {
    const { stores, log } = services;
    log.error('alert-channel-failed', { group: id, channel, code, reason, otherwise });
    const next = otherwise === null ? '' : ` It goes to ${otherwise} in its place.`;
    await raiseAlert(services, {
      key: `channel-failed:${channel}`,
      event: `${id}:${message}`,
      at: now,
      kind: 'channel-failed',
      severity: 'warning',
      pipeline: null,
      runId: null,
      connection: null,
      failureClass: null,
      code: channel,
      owner: null,
      tags: {},
      title: `The channel ${channel} does not take messages`,
      what: `${reason}${next}`,
      data: 'No data is concerned.',
      todo: `Try it with sluice alerts test ${channel}.`,
      runbook: 'docs/runbooks/alert-not-sent.md',
    });
    const group = await stores.alertGroups.get(id);
    const note = { at: now, event: 'send-failed', by: 'sluice', text: `${channel}: ${reason}.${next}` };
    for (const alert of group?.alerts ?? []) await stores.alerts.note(alert, note);
    return null;
  },
);
