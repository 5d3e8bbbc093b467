import { toFailure } from '../../errors/to-failure';
import type { Clock } from '../../platform/clock';
import type { SecretWitness } from '../../platform/secrets/observed-secrets';
import type { AuditLog } from '../../state/stores';

/** Writes into the audit trail which secrets the app read, and which it could not. `instance` tells processes apart. */
export function noteSecrets(audit: Pick<AuditLog, 'append'>, clock: Clock, instance: string): SecretWitness {
  const note = (action: string, name: string, detail: Readonly<Record<string, string>>): Promise<void> =>
    audit.append({
      at: clock.now(),
      action,
      by: 'app',
      subject: `secret:${name}`,
      detail: { instance, ...detail },
      correlationId: instance,
    });
  return {
    read: (name) => note('secret-read', name, {}),
    refused: (name, error) => note('secret-refused', name, { code: toFailure(error).code }),
  };
}
