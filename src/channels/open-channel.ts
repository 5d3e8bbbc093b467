import type { TokenCredential } from '@azure/identity';
import type { ChannelConfig } from '../config/schema/alert-channel';
import { AlertNotSentError } from '../errors/alert-not-sent-error';
import type { AlertMessage } from '../model/alert-group';
import { durationMs } from '../model/duration';
import type { Channel } from './channel';
import { githubChannel } from './github-channel';
import { jiraChannel } from './jira-channel';
import { logChannel } from './log-channel';
import { mailChannel } from './mail-channel';
import type { HttpOptions } from './send-http';
import { serviceNowChannel } from './service-now-channel';
import { smsChannel } from './sms-channel';
import { teamsChannel } from './teams-channel';
import { webhookChannel } from './webhook-channel';

/** What channels need of the app. */
export interface ChannelServices {
  secret(name: string): Promise<string>;
  credential(): TokenCredential;
  write(message: AlertMessage, text: string): void;
  /** Certificates that are trusted beside the usual ones, PEM. */
  readonly ca?: string;
}

const SECRET = /^\$\{secret:([a-z0-9-]+)\}$/;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Opens a channel with its secrets, which go no further.
 * @throws {SecretNotFoundError | AlertNotSentError} where a secret is not there, or leads to another host than the one that is named.
 */
export async function openChannel(name: string, config: ChannelConfig, services: ChannelServices): Promise<Channel> {
  const { ca } = services;
  const options: HttpOptions = {
    channel: name,
    timeoutMs: durationMs(config.timeout),
    ...(ca !== undefined && { ca }),
  };
  const secretOf = (reference: string): Promise<string> => services.secret(SECRET.exec(reference)?.[1] ?? reference);
  switch (config.kind) {
    case 'log':
      return logChannel((message, text) => services.write(message, text));
    case 'webhook':
      return webhookChannel(await addressOf(name, config, secretOf), options);
    case 'teams':
      return teamsChannel(await addressOf(name, config, secretOf), options);
    case 'mail':
      return mailChannel(config, await credentialOf(config.accessKey), options);
    case 'sms':
      return smsChannel(config, await credentialOf(config.accessKey), options);
    case 'serviceNow':
      return serviceNowChannel(config, await secretOf(config.secret), options);
    case 'jira':
      return jiraChannel(config, await secretOf(config.secret), options);
    case 'github':
      return githubChannel(config, await secretOf(config.secret), options);
  }

  async function credentialOf(accessKey: string | undefined) {
    return accessKey === undefined ? services.credential() : { key: await secretOf(accessKey) };
  }
}

/** The address of a webhook; a secret one must be https, at the host that the file names. */
async function addressOf(
  channel: string,
  { url, host }: { readonly url: string; readonly host?: string | undefined },
  secretOf: (reference: string) => Promise<string>,
): Promise<string> {
  if (!SECRET.test(url)) return url;
  const address = await secretOf(url);
  const found = URL.canParse(address) ? new URL(address) : null;
  const local = found?.protocol === 'http:' && LOOPBACK.test(found.hostname);
  if (found === null || (found.protocol !== 'https:' && !local))
    throw refused(channel, 'its secret is no https address');
  if (found.username !== '' || found.password !== '') throw refused(channel, 'its secret has a user in its address');
  if (found.hostname !== host)
    throw refused(channel, `its secret leads to another host than ${host ?? 'one that is named'}`);
  return address;
}

function refused(channel: string, reason: string): AlertNotSentError {
  return new AlertNotSentError(channel, reason, { fate: 'refused', passes: false });
}
