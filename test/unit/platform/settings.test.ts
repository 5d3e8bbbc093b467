import path from 'node:path';
import { readSettings } from '../../../src/platform/settings';

const MB = 2 ** 20;

test('without any setting: the local environment, the folder pipelines, the host storage', () => {
  const settings = readSettings({}, '/app');
  expect(settings).toMatchObject({
    environment: 'local',
    pipelinesFolder: path.resolve('/app/pipelines'),
    storageSetting: 'AzureWebJobsStorage',
    keyVaultUri: null,
    inAzure: false,
  });
  expect(settings.engine.threads).toBeGreaterThan(0);
});

test('the memory of the instance is shared among the slots', () => {
  const one = readSettings({ SLUICE_INSTANCE_MEMORY_MB: '4096', SLUICE_ENGINE_SLOTS: '1' }).engine;
  const two = readSettings({
    SLUICE_INSTANCE_MEMORY_MB: '4096',
    SLUICE_ENGINE_SLOTS: '2',
    SLUICE_TEMP_DISK_MB: '1000',
  }).engine;
  expect(two.slots).toBe(2);
  expect(two.memoryLimitBytes).toBe(Math.floor(one.memoryLimitBytes / 2 / MB) * MB);
  expect(one.memoryLimitBytes).toBeLessThan(4096 * MB);
  expect(two.tempLimitBytes).toBe(500 * MB);
});

test('every setting that cannot be used is named', () => {
  const read = () =>
    readSettings({ SLUICE_ENGINE_SLOTS: '0', KEY_VAULT_URI: 'http://vault', SLUICE_INSTANCE_MEMORY_MB: 'much' });
  expect(read).toThrow(expect.objectContaining({ code: 'invalid-settings' }));
  for (const name of ['SLUICE_ENGINE_SLOTS', 'KEY_VAULT_URI', 'SLUICE_INSTANCE_MEMORY_MB']) expect(read).toThrow(name);
});
