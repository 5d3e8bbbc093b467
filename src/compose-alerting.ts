import { statfs } from 'node:fs/promises';
import { openChannel } from './channels/open-channel';
import type { AlertsConfig } from './config/schema/alerts';
import type { Alerting } from './durable/activities/alerts/alerting';
import { UnknownChannelError } from './errors/unknown-channel-error';
import { durationMs } from './model/duration';
import type { Resources } from './durable/activities/activity-services';
import type { Logger } from './observability/logger';
import { credential } from './platform/identity';
import type { SecretResolver } from './platform/secrets/create-secret-resolver';
import type { Settings } from './platform/settings';
import { LEAST_SECRET, nonceOf, signToken } from './platform/signed-token';
import { InvalidSettingsError } from './errors/invalid-settings-error';
import type { LinkSecrets } from './triggers/trigger-services';

/** What telling people of alerts is put together from. */
export interface AlertingParts {
  readonly settings: Settings;
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: Pick<SecretResolver, 'get'>;
  readonly log: Logger;
  readonly config: () => AlertsConfig | null;
  readonly rerun: Alerting['rerun'];
}

/** Puts it together; secrets are read when a message goes out. */
export function composeAlerting({ settings, env, secrets, log, config, rerun }: AlertingParts): Alerting & LinkSecrets {
  const { environment, publicUrl } = settings;
  const linkSecret = async (): Promise<string | null> => {
    const reference = config()?.acknowledge?.secret;
    if (reference === undefined) return null;
    const secret = await secrets.get(reference.slice('${secret:'.length, -1));
    if (secret.length >= LEAST_SECRET) return secret;
    throw new InvalidSettingsError([
      `the secret of acknowledge in alerts.yaml has fewer than ${LEAST_SECRET} characters`,
    ]);
  };
  return {
    config,
    environment,
    publicUrl,
    rerun,
    linkSecret,
    channel: async (name) => {
      const channels = config()?.channels ?? {};
      const channel = Object.hasOwn(channels, name) ? channels[name] : undefined;
      if (channel === undefined) throw new UnknownChannelError(name, Object.keys(channels));
      return openChannel(name, channel, {
        secret: (secret) => secrets.get(secret),
        credential: () => credential(env),
        write: ({ group, severity, title }, text) => log.warn('alert', { group, severity, title, text }),
      });
    },
    acknowledgeUrl: async ({ group, channel, message, from }) => {
      const secret = await linkSecret();
      if (secret === null || publicUrl === null) return null;
      const expires = Math.floor((Date.parse(from) + durationMs(config()?.acknowledge?.expires ?? '24h')) / 1000);
      const nonce = nonceOf(JSON.stringify([group, channel, message]), secret);
      return `${publicUrl}/api/alert-links/${signToken({ group, channel, expires, nonce }, secret)}`;
    },
  };
}

/** What this instance has used, and may use. */
export async function resourcesOf({ engine, instanceMemoryBytes }: Settings): Promise<Resources> {
  const disk = await statfs(engine.tempFolder).catch(() => null);
  return {
    memory: { used: process.memoryUsage().rss, limit: instanceMemoryBytes },
    tempDisk:
      disk === null
        ? { used: 0, limit: 0 }
        : { used: (disk.blocks - disk.bavail) * disk.bsize, limit: disk.blocks * disk.bsize },
  };
}
