import { createHash } from 'node:crypto';
import { AlertNotSentError } from '../../../errors/alert-not-sent-error';
import { StorageConflictError } from '../../../errors/storage-conflict-error';
import type { Alert } from '../../../model/alert';
import type { AlertGroup, AlertSend } from '../../../model/alert-group';
import { alertMessage } from '../../../monitoring/alert-message';
import type { SendAlertInput, SendAlertResult } from '../../contracts/escalation';
import type { ActivityServices } from '../activity-services';
import type { WatchingClient } from '../monitoring/watching-client';
import { groupAlerts } from './group-alerts';
import { resolveAlert } from './raise-alert';

/** Attempts whose fate is unknown, after which a message that cannot be known again is not sent any more: it arrives at most twice. */
const MOST_UNKNOWN = 2;
/** An attempt that began this long ago has ended, whoever made it. */
const STALE_MS = 60_000;

/**
 * Sends one message to one channel, once: what is about to be sent is written down first, and what became of it afterwards. An activity that is repeated finds
 * it sent; where it died in between, nobody knows, and the channel finds out or is told that this is a repetition.
 */
export async function sendAlert(
  services: ActivityServices,
  client: Pick<WatchingClient, 'raiseEvent'>,
  input: SendAlertInput,
): Promise<SendAlertResult> {
  const { stores, log } = services;
  const { group: id, message, channel: name, now } = input;
  const group = await stores.alertGroups.get(id);
  if (group === null) return { now: false };
  const before = await stores.alertGroups.send(id, message, name);
  if (before?.value.state === 'sent') return { now: false };
  const channel = await services.alerting.channel(name);
  const { send } = reserve(before?.value ?? null, input, services.now(), channel.knowsRepeats);
  if (!(await stores.alertGroups.saveSend(send, before?.etag ?? null))) {
    throw new StorageConflictError(`sending ${message} of ${id} to ${name}`);
  }
  const alerts = await groupAlerts(services, group);
  const content = await messageFor(services, group, alerts, input, send, !channel.knowsRepeats && send.unknown > 0);
  try {
    const { reference, detail } = await channel.send(content, {
      key: send.key,
      firstAt: send.firstAt,
      // Also after an answer that was no success: a server may have done it all the same.
      again: channel.knowsRepeats ? send.attempts > 1 : send.unknown > 0,
      reference: await referenceOf(services, id, name),
    });
    await settle(services, { ...send, state: 'sent', lastAt: services.now(), reference, detail });
    log.info('alert-sent', { group: id, message, channel: name });
    const failed = await stores.alerts.unresolvedOf(`channel-failed:${name}`);
    if (failed !== null)
      await resolveAlert(services, client, failed.id, { by: 'sluice', at: now, reason: 'a message went out' });
    return { now: true };
  } catch (error) {
    // Whatever is not known to have been refused may have arrived.
    const isRefused = error instanceof AlertNotSentError && error.fate === 'refused';
    const detail = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const unknown = isRefused ? send.unknown : send.unknown + 1;
    await settle(services, {
      ...send,
      state: isRefused ? 'refused' : 'unknown',
      unknown,
      lastAt: services.now(),
      detail,
    });
    throw error;
  }

  function reserve(known: AlertSend | null, of: SendAlertInput, at: string, knowsRepeats: boolean) {
    if (known === null) {
      const first: AlertSend = {
        group: of.group,
        message: of.message,
        channel: of.channel,
        state: 'sending',
        key: keyOf(of),
        attempts: 1,
        unknown: 0,
        firstAt: at,
        lastAt: at,
        reference: null,
        detail: null,
      };
      return { send: first };
    }
    if (known.state === 'sending' && Date.parse(at) - Date.parse(known.lastAt) < STALE_MS) {
      throw new AlertNotSentError(of.channel, 'another attempt is under way, or ended without a word', {
        fate: 'refused',
        passes: true,
        retryAfterMs: STALE_MS,
      });
    }
    // An attempt that ended without a word is one of which nobody knows.
    const unknown = known.state === 'sending' ? known.unknown + 1 : known.unknown;
    if (!knowsRepeats && unknown >= MOST_UNKNOWN) {
      const reason = `${unknown} attempts ended without a word, and it is not sent again: it may have arrived`;
      throw new AlertNotSentError(of.channel, reason, { fate: 'unknown', passes: false });
    }
    const next: AlertSend = { ...known, state: 'sending', attempts: known.attempts + 1, unknown, lastAt: at };
    return { send: next };
  }
}

/** Writes down what became of an attempt; nobody else writes while it is under way. */
async function settle({ stores }: ActivityServices, send: AlertSend): Promise<void> {
  const found = await stores.alertGroups.send(send.group, send.message, send.channel);
  if (found?.value.state !== 'sending') return;
  await stores.alertGroups.saveSend(send, found.etag);
}

async function messageFor(
  { alerting, stores }: ActivityServices,
  group: AlertGroup,
  alerts: readonly Alert[],
  { about, channel, message }: SendAlertInput,
  { firstAt }: AlertSend,
  again: boolean,
) {
  const notes = await Promise.all(alerts.map(({ id }) => stores.alerts.notes(id)));
  const done = notes
    .flat()
    .filter(({ event }) => event === 'acted')
    .map(({ text }) => text);
  return alertMessage(group, alerts, {
    about,
    environment: alerting.environment,
    publicUrl: alerting.publicUrl,
    acknowledgeUrl: await alerting.acknowledgeUrl({ group: group.id, channel, message, from: firstAt }),
    done: [...new Set(done)],
    again,
  });
}

/** What the first message of the group gave on this channel: later ones add to the same ticket. */
async function referenceOf({ stores }: ActivityServices, group: string, channel: string): Promise<string | null> {
  const sends = await stores.alertGroups.sends(group);
  return sends.find((send) => send.channel === channel && send.reference !== null)?.reference ?? null;
}

/** A UUID that follows from what is sent. */
function keyOf({ group, message, channel }: Pick<SendAlertInput, 'group' | 'message' | 'channel'>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([group, message, channel]))
    .digest('hex');
  const variant = ((parseInt(hash.charAt(16), 16) & 3) | 8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
