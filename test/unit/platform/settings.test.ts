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
    eventQueue: null,
    appServiceAuthentication: false,
  });
  expect(settings.engine.threads).toBeGreaterThan(0);
});

test('the memory of the instance is shared among the slots', () => {
  const one = readSettings({ SLUICE_INSTANCE_MEMORY_MB: '4096', SLUICE_ENGINE_SLOTS: '1' }).engine;
  const two = readSettings({
    SLUICE_INSTANCE_MEMORY_MB: '4096',
    SLUICE_ENGINE_SLOTS: '2',
  }).engine;
  expect(two.slots).toBe(2);
  expect(two.memoryLimitBytes).toBe(Math.floor(one.memoryLimitBytes / 2 / MB) * MB);
  expect(one.memoryLimitBytes).toBeLessThan(4096 * MB);
});

test('the temporary disk is shared among the slots and the references that are kept', () => {
  const disk = (more: Record<string, string> = {}) => {
    const settings = readSettings({ SLUICE_ENGINE_SLOTS: '2', SLUICE_TEMP_DISK_MB: '1000', ...more });
    return [settings.engine.tempLimitBytes / MB, settings.referenceCacheBytes / MB];
  };
  expect(disk()).toEqual([437.5, 125]);
  expect(disk({ SLUICE_TEMP_DISK_MB: '100000' })).toEqual([49872, 256]);
  expect(disk({ SLUICE_REFERENCE_CACHE_MB: '0' })).toEqual([500, 0]);
  expect(disk({ SLUICE_REFERENCE_CACHE_MB: '500' })).toEqual([250, 500]);
  expect(() => disk({ SLUICE_REFERENCE_CACHE_MB: '501' })).toThrow('half of SLUICE_TEMP_DISK_MB (1000)');
});

test('every setting that cannot be used is named', () => {
  const read = () =>
    readSettings({ SLUICE_ENGINE_SLOTS: '0', KEY_VAULT_URI: 'http://vault', SLUICE_INSTANCE_MEMORY_MB: 'much' });
  expect(read).toThrow(expect.objectContaining({ code: 'invalid-settings' }));
  for (const name of ['SLUICE_ENGINE_SLOTS', 'KEY_VAULT_URI', 'SLUICE_INSTANCE_MEMORY_MB']) expect(read).toThrow(name);
});

test.each([
  ['Flex Consumption, which sets no instance id', { WEBSITE_SITE_NAME: 'orders' }, true],
  ['a plan with machines of its own', { WEBSITE_INSTANCE_ID: 'f00d' }, true],
  ['somebody’s machine, where Core Tools name a host', { WEBSITE_HOSTNAME: 'localhost:7071' }, false],
  ['an empty name', { WEBSITE_SITE_NAME: '' }, false],
])('%s', (_, env, inAzure) => {
  expect(readSettings({ ...env, WEBSITE_AUTH_ENABLED: 'True' })).toMatchObject({
    inAzure,
    appServiceAuthentication: inAzure,
  });
});

test('who vouches for callers, and keys with a role of their own', () => {
  expect(readSettings({})).toMatchObject({ authentication: 'functionKey', keyRoles: [], onOwnMachine: false });
  const [one, two] = ['a'.repeat(64), '0123456789abcdef'.repeat(4)];
  const settings = readSettings({
    SLUICE_AUTH: 'entra',
    SLUICE_KEY_ROLES: ` board=reader:${one} , release-bot=approver:${two}`,
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  });
  expect(settings).toMatchObject({
    authentication: 'entra',
    onOwnMachine: true,
    keyRoles: [
      { name: 'board', role: 'reader', sha256: one },
      { name: 'release-bot', role: 'approver', sha256: two },
    ],
  });
  for (const text of ['board', `board=owner:${one}`, 'board=reader:abc', `board=reader:${one};`, `=reader:${one}`]) {
    expect(() => readSettings({ SLUICE_KEY_ROLES: text })).toThrow('SLUICE_KEY_ROLES: write <name>=<role>');
  }
  expect(() => readSettings({ SLUICE_AUTH: 'none' })).toThrow('SLUICE_AUTH');
  // Azure is never somebody's own machine, whatever a setting says.
  const azure = { WEBSITE_SITE_NAME: 'i', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
  expect(readSettings(azure).onOwnMachine).toBe(false);
});
