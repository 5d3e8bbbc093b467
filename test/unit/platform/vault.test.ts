import type { SecretClientOptions } from '@azure/keyvault-secrets';
import { vaultClient } from '../../../src/platform/secrets/vault-store';
import {
  createSecretResolver,
  type SecretEvent,
  type SecretOptions,
} from '../../../src/platform/secrets/create-secret-resolver';
import { startFakeIdentityEndpoint, type FakeIdentityEndpoint } from '../../support/fake-identity-endpoint';
import { testAuthority } from '../../support/tls/certificates';
import { trust } from '../../support/tls/trust';
import { startFakeVault, type FakeVault, type FakeVaultOptions } from '../../support/tls/fake-vault';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MISSING = 'secret-not-found';

let identity: FakeIdentityEndpoint;
let vault: FakeVault;
const before = { ...process.env };
beforeAll(async () => {
  identity = await startFakeIdentityEndpoint();
  Object.assign(process.env, identity.env);
});
afterAll(async () => {
  await identity.stop();
  process.env = before;
});
let distrust = (): void => {};
afterEach(async () => {
  distrust();
  await vault.stop();
});

/** The app's own resolver over the real client, which is told of the proxy on the way and of nothing else. */
async function resolver(of: FakeVaultOptions = {}, more: Partial<SecretOptions> = {}) {
  vault = await startFakeVault(of);
  const clock = { now: Date.now() };
  const events: SecretEvent[] = [];
  const values: string[] = [];
  distrust = trust(vault.authority);
  const options: SecretClientOptions = { proxyOptions: vault.proxy };
  const env = { ...identity.env, WEBSITE_SITE_NAME: 'app' };
  const secrets = createSecretResolver({
    env,
    keyVaultUri: vault.uri,
    client: vaultClient(vault.uri, env, options),
    now: () => clock.now,
    hide: (value) => values.push(value),
    note: (event) => events.push(event),
    ...more,
  });
  const noted = (name: SecretEvent['event']) => events.filter(({ event }) => event === name);
  return { secrets, clock, events, noted, values };
}

test('the newest version is read with a token of the identity, for which the vault asks first', async () => {
  const { secrets, noted, values } = await resolver();
  vault.put('pw', 'first');
  vault.put('pw', 'second');
  expect(await secrets.get('pw')).toBe('second');
  expect(vault.challenged).toBe(1);
  expect(identity.asked.at(-1)?.get('resource')).toBe('https://vault.azure.net');
  expect(values).toEqual(['second']);
  expect(noted('secret-read')).toEqual([
    {
      event: 'secret-read',
      secret: 'pw',
      version: '2'.padStart(32, '0'),
      where: `the key vault ${new URL(vault.uri).host}`,
    },
  ]);
  expect(JSON.stringify(noted('secret-read'))).not.toContain('second');
});

test('a value is kept for ten minutes, and all who ask at once ask once', async () => {
  const { secrets, clock } = await resolver();
  vault.put('pw', 'old');
  expect(await Promise.all([1, 2, 3].map(() => secrets.get('pw')))).toEqual(['old', 'old', 'old']);
  vault.put('pw', 'new');
  clock.now += 10 * MINUTE_MS - 1;
  expect(await secrets.get('pw')).toBe('old');
  expect(vault.asked).toHaveLength(1);
  clock.now += 1;
  expect(await secrets.get('pw')).toBe('new');
});

test('after a refused login it is fetched anew, once for all who were refused', async () => {
  const { secrets, noted } = await resolver();
  vault.put('pw', 'old');
  await secrets.get('pw');
  expect(await secrets.renewed('pw', 'old')).toBeNull();
  vault.put('pw', 'new');
  expect(await Promise.all([1, 2, 3].map(() => secrets.renewed('pw', 'old')))).toEqual(['new', 'new', 'new']);
  expect(await secrets.renewed('pw', 'old')).toBe('new');
  expect(await secrets.get('pw')).toBe('new');
  expect(vault.asked).toHaveLength(3);
  expect(noted('secret-renewed')).toHaveLength(1);
});

test.each([
  ['a secret that is not there', undefined, MISSING, 'Put the secret'],
  ['an empty one', { value: '' }, MISSING, 'Put the secret'],
  ['a disabled one', { value: 'x', enabled: false }, 'secret-refused', 'Enable the newest version'],
] as const)('%s', async (_, secret, code, fix) => {
  const { secrets } = await resolver();
  if (secret !== undefined) vault.put('pw', secret);
  await expect(secrets.get('pw')).rejects.toMatchObject({
    code,
    class: 'persistent',
    nextAction: expect.stringContaining(fix),
  });
});

test.each([
  [403, 'ForbiddenByRbac', 'secret-refused', 'persistent', 'Key Vault Secrets User'],
  [403, 'ForbiddenByFirewall', 'secret-refused', 'persistent', 'firewall'],
  [403, 'ForbiddenByConnection', 'secret-refused', 'persistent', 'firewall'],
  [500, undefined, 'vault-unavailable', 'infrastructure', 'tried again'],
  [503, undefined, 'vault-unavailable', 'infrastructure', 'tried again'],
])('status %s %s', async (status, code, expected, failureClass, fix) => {
  const { secrets } = await resolver();
  vault.fail({ status, ...(code !== undefined && { code }) });
  await expect(secrets.get('pw')).rejects.toMatchObject({
    code: expected,
    class: failureClass,
    nextAction: expect.stringContaining(fix),
  });
});

test('a vault that throttles says for how long, and the activity does not wait for it', async () => {
  const { secrets } = await resolver();
  vault.fail({ status: 429, headers: { 'retry-after': '120' } });
  await expect(secrets.get('pw')).rejects.toMatchObject({
    code: 'vault-unavailable',
    class: 'transient',
    retryAfterMs: 120_000,
  });
  expect(vault.asked).toHaveLength(1);
});

test('a short wait is waited for', async () => {
  const { secrets } = await resolver();
  vault.put('pw', 'value');
  vault.fail({ status: 429, headers: { 'retry-after': '1' } }, 1);
  expect(await secrets.get('pw')).toBe('value');
  vault.fail({ status: 500 }, 2);
  expect(await secrets.renewed('pw', 'another')).toBe('value');
});

test('while the vault is away its last value is used, four hours at most', async () => {
  const { secrets, clock, noted } = await resolver();
  vault.put('pw', 'kept');
  await secrets.get('pw');
  vault.fail({ status: 503 });
  clock.now += 11 * MINUTE_MS;
  expect(await secrets.get('pw')).toBe('kept');
  const asked = vault.asked.length;
  // It is left alone for a while before it is asked again.
  expect(await secrets.get('pw')).toBe('kept');
  expect(vault.asked).toHaveLength(asked);
  expect(noted('secret-stale')).toEqual([expect.objectContaining({ secret: 'pw', code: 'vault-unavailable' })]);
  clock.now += 228 * MINUTE_MS;
  expect(await secrets.get('pw')).toBe('kept');
  clock.now += 2 * MINUTE_MS;
  await expect(secrets.get('pw')).rejects.toMatchObject({ code: 'vault-unavailable' });
  vault.fail(null);
  expect(await secrets.get('pw')).toBe('kept');
});

test('a vault that takes a value back is believed at once, though it goes away afterwards', async () => {
  const { secrets, clock } = await resolver();
  vault.put('pw', 'revoked');
  await secrets.get('pw');
  vault.put('pw', { value: 'revoked', enabled: false });
  clock.now += 11 * MINUTE_MS;
  await expect(secrets.get('pw')).rejects.toMatchObject({ code: 'secret-refused' });
  vault.fail({ status: 503 });
  await expect(secrets.get('pw')).rejects.toMatchObject({ code: 'vault-unavailable' });
});

test('a login that fails while the vault is away is nobody’s fault yet', async () => {
  const { secrets } = await resolver();
  vault.put('pw', 'old');
  await secrets.get('pw');
  vault.fail({ status: 503 });
  await expect(secrets.renewed('pw', 'old')).rejects.toMatchObject({ class: 'infrastructure' });
});

test('a vault that asks for the token of another service gets none', async () => {
  const { secrets } = await resolver({ resource: 'https://management.azure.com' });
  vault.put('pw', 'x');
  identity.asked.length = 0;
  await expect(secrets.get('pw')).rejects.toMatchObject({
    code: 'secret-refused',
    class: 'persistent',
    nextAction: expect.stringContaining('KEY_VAULT_URI'),
  });
  expect(identity.asked).toEqual([]);
  expect(vault.asked).toEqual([]);
});

test('a vault whose certificate nobody trusts gets no request', async () => {
  const { secrets } = await resolver();
  vault.put('pw', 'x');
  distrust();
  await expect(secrets.get('pw')).rejects.toMatchObject({
    code: 'secret-refused',
    message: expect.stringContaining('not trusted'),
  });
  expect(vault.challenged).toBe(0);
});

describe('ends', () => {
  test('are known before they come, from the vault and from certificates themselves', async () => {
    const { secrets, clock, noted } = await resolver();
    const { cert, key } = testAuthority().issue({ names: ['client'], days: 20 });
    vault.put('forever', 'x');
    vault.put('soon', { value: 'x', exp: Math.floor((clock.now + 10.5 * DAY_MS) / 1000) });
    vault.put('later', { value: 'x', exp: Math.floor((clock.now + 100 * DAY_MS) / 1000) });
    vault.put('over', { value: 'x', exp: Math.floor((clock.now - DAY_MS / 2) / 1000) });
    vault.put('client', {
      value: key + cert,
      contentType: 'application/x-pem-file',
      exp: Math.floor((clock.now + 90 * DAY_MS) / 1000),
    });
    const found = await secrets.expiries(['forever', 'soon', 'later', 'over', 'client', 'missing']);
    expect(found.map(({ name, daysLeft, failure }) => [name, daysLeft, failure?.code ?? null])).toEqual([
      ['forever', null, null],
      ['soon', 10, null],
      ['later', 99, null],
      ['over', -1, null],
      ['client', 19, null],
      ['missing', null, MISSING],
    ]);
    expect(noted('secret-expiring').map(({ secret }) => secret)).toEqual(['soon', 'client']);
    expect(noted('secret-expired').map(({ secret }) => secret)).toEqual(['over']);
    // Once a day is enough.
    clock.now += 20 * MINUTE_MS;
    await secrets.get('soon');
    expect(noted('secret-expiring')).toHaveLength(2);
    clock.now += DAY_MS;
    await secrets.get('soon');
    expect(noted('secret-expiring').map(({ secret }) => secret)).toEqual(['soon', 'client', 'soon']);
  });
});
