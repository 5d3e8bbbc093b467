import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createSecretResolver } from '../../../src/platform/secrets/create-secret-resolver';

test('a secret comes from its app setting, else from the file', async () => {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'sluice-secrets-')), 'secrets.json');
  await writeFile(file, JSON.stringify({ 'warehouse-password': 'from file', other: 'o' }));
  const env = { SLUICE_SECRET_WAREHOUSE_PASSWORD: ' with blanks ' };
  const secrets = createSecretResolver({ env, keyVaultUri: null, file });
  expect(await secrets.get('warehouse-password')).toBe(' with blanks ');
  expect(await secrets.get('other')).toBe('o');
});

test('one that is nowhere is named with where it was looked for', async () => {
  const secrets = createSecretResolver({ env: { SLUICE_SECRET_EMPTY: '' }, keyVaultUri: null, file: '/none' });
  await expect(secrets.get('empty')).rejects.toMatchObject({ code: 'secret-not-found', class: 'persistent' });
  await expect(secrets.get('a-b')).rejects.toThrow('SLUICE_SECRET_A_B');
});
