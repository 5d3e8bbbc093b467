import type { AlertsConfig } from '../../config/schema/alerts';
import { secretReferencesIn } from '../../model/secret-reference';
import { ROLES, type Need } from './need';

/** What telling people needs: secrets of channels and links, and the right to send mail and text messages where the app's identity does so. */
export function alertNeeds({ channels, acknowledge }: Pick<AlertsConfig, 'channels' | 'acknowledge'>): Need[] {
  const ofChannels = Object.entries(channels).flatMap(([name, channel]) =>
    secretReferencesIn(channel).map((secret) => `channel ${name} reads the secret ${secret.name}`),
  );
  const ofLinks = secretReferencesIn(acknowledge).map(
    ({ name }) => `links in messages are signed with the secret ${name}`,
  );
  const reasons = [...ofChannels, ...ofLinks];
  const vault: Need[] =
    reasons.length === 0
      ? []
      : [{ kind: 'vault', resource: 'KEY_VAULT_URI', scope: 'vault', ...ROLES.secretsUser, reasons }];
  const sending = Object.entries(channels).flatMap(([name, channel]): Need[] =>
    (channel.kind === 'mail' || channel.kind === 'sms') && channel.accessKey === undefined
      ? [
          {
            kind: 'communication',
            resource: channel.endpoint,
            scope: 'resource',
            ...ROLES.communicationOwner,
            reasons: [`channel ${name} sends as the identity of the app`],
          },
        ]
      : [],
  );
  return [...vault, ...sending];
}
