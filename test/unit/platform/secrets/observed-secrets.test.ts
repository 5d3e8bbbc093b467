import { SecretNotFoundError } from '../../../../src/errors/secret-not-found-error';
import { createSecretResolver } from '../../../../src/platform/secrets/create-secret-resolver';
import { observedSecrets } from '../../../../src/platform/secrets/observed-secrets';
import { fixedClock } from '../../../../src/platform/clock';
import type { AuditEntry } from '../../../../src/state/stores';
import { noteSecrets } from '../../../../src/triggers/audit/note-secrets';

const env = { SLUICE_SECRET_ONE: 'value-of-one', SLUICE_SECRET_TWO: 'value-of-two' };
const clock = fixedClock('2026-01-01T00:00:00.000Z');

test('the first read of a name stands in the audit trail, and every failure; no value ever does', async () => {
  const entries: AuditEntry[] = [];
  const audit = { append: async (entry: AuditEntry) => void entries.push(entry) };
  const secrets = observedSecrets(createSecretResolver({ env, keyVaultUri: null }), noteSecrets(audit, clock, 'i-1'));
  expect(await secrets.get('one')).toBe('value-of-one');
  await secrets.get('one');
  await secrets.get('two');
  await expect(secrets.get('none')).rejects.toBeInstanceOf(SecretNotFoundError);
  await expect(secrets.get('none')).rejects.toBeInstanceOf(SecretNotFoundError);
  expect(entries.map(({ action, subject, detail }) => [action, subject, detail['code'] ?? null])).toEqual([
    ['secret-read', 'secret:one', null],
    ['secret-read', 'secret:two', null],
    ['secret-refused', 'secret:none', 'secret-not-found'],
    ['secret-refused', 'secret:none', 'secret-not-found'],
  ]);
  expect(JSON.stringify(entries)).not.toContain('value-of');
});

test('a trail that cannot be written keeps nobody from a secret, and is tried again at the next read', async () => {
  let failing = true;
  const entries: AuditEntry[] = [];
  const audit = {
    append: (entry: AuditEntry) => {
      if (failing) return Promise.reject(new Error('no storage'));
      entries.push(entry);
      return Promise.resolve();
    },
  };
  const secrets = observedSecrets(createSecretResolver({ env, keyVaultUri: null }), noteSecrets(audit, clock, 'i-1'));
  expect(await secrets.get('one')).toBe('value-of-one');
  failing = false;
  await secrets.get('one');
  expect(entries).toHaveLength(1);
});
