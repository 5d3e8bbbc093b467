import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { credential, identityKind } from '../../../src/platform/identity';
import { startFakeIdentityEndpoint, type FakeIdentityEndpoint } from '../../support/fake-identity-endpoint';

// The identity library reads the environment of the process itself; Jest gives each file its own.
let endpoint: FakeIdentityEndpoint;
const before = { ...process.env };
// One for the file: the library keeps the endpoint that it saw first.
beforeAll(async () => {
  endpoint = await startFakeIdentityEndpoint();
});
beforeEach(() => {
  endpoint.knows = () => true;
  endpoint.asked.length = 0;
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(() => endpoint.stop());

const inAzure = (clientId?: string): NodeJS.ProcessEnv => {
  Object.assign(process.env, endpoint.env);
  return {
    ...endpoint.env,
    WEBSITE_SITE_NAME: 'app',
    ...(clientId !== undefined && { SLUICE_MANAGED_IDENTITY_CLIENT_ID: clientId }),
  };
};
const resource = (name: string) => `https://${name}.test/.default`;

test.each([
  [{}, 'developer'],
  [{ SLUICE_MANAGED_IDENTITY_CLIENT_ID: 'c' }, 'developer'],
  [{ WEBSITE_SITE_NAME: 'app' }, 'system-assigned'],
  [{ WEBSITE_SITE_NAME: 'app', SLUICE_MANAGED_IDENTITY_CLIENT_ID: '' }, 'system-assigned'],
  [{ WEBSITE_INSTANCE_ID: 'i', SLUICE_MANAGED_IDENTITY_CLIENT_ID: 'c' }, 'user-assigned'],
  [{ IDENTITY_ENDPOINT: 'http://127.0.0.1/msi' }, 'system-assigned'],
])('%j: %s', (env, kind) => {
  expect(identityKind(env)).toBe(kind);
});

test('in Azure the user-assigned identity is asked for by its client id, once for all who ask', async () => {
  const identity = credential(inAzure('00000000-0000-0000-0000-000000000001'));
  const tokens = await Promise.all([1, 2, 3].map(() => identity.getToken(resource('user'))));
  expect(new Set(tokens.map((token) => token?.token))).toEqual(new Set(['token-1-for-https://user.test']));
  expect((await identity.getToken(resource('user')))?.token).toBe('token-1-for-https://user.test');
  expect(endpoint.asked.map((query) => [query.get('client_id'), query.get('resource')])).toEqual([
    ['00000000-0000-0000-0000-000000000001', 'https://user.test'],
  ]);
});

test('without a client id it is the identity of the app itself', async () => {
  const token = await credential(inAzure()).getToken(resource('system'));
  expect(token?.token).toMatch(/^token-\d+-for-https:\/\/system\.test$/);
  expect(endpoint.asked[0]?.has('client_id')).toBe(false);
});

test('one that is not assigned is said to be so, and is not tried for long', async () => {
  endpoint.knows = () => false;
  const asked = credential(inAzure('00000000-0000-0000-0000-000000000002')).getToken(resource('unknown'));
  await expect(asked).rejects.toMatchObject({
    code: 'identity-unavailable',
    class: 'persistent',
    nextAction: expect.stringContaining('SLUICE_MANAGED_IDENTITY_CLIENT_ID'),
  });
  expect(endpoint.asked.length).toBe(1);
});

test('an endpoint that fails is tried again, and may pass', async () => {
  endpoint.fail(500);
  const identity = credential(inAzure('00000000-0000-0000-0000-000000000003'));
  await expect(identity.getToken(resource('fails'))).rejects.toMatchObject({
    code: 'identity-unavailable',
    class: 'infrastructure',
  });
  expect(endpoint.asked.length).toBeGreaterThan(1);
  endpoint.fail(null);
  expect((await identity.getToken(resource('fails')))?.token).toContain('https://fails.test');
});

describe('on a machine of one’s own', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-identity-'));
    const others = Object.entries(process.env).filter(([name]) => !/^(AZURE_|IDENTITY_|MSI_)/.test(name));
    process.env = Object.fromEntries(others);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** An Azure CLI that does what a script says. */
  const installAzureCli = async (script: string): Promise<void> => {
    const file = path.join(folder, 'az');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    process.env['PATH'] = `${folder}${path.delimiter}/usr/bin${path.delimiter}/bin`;
  };

  test('tokens are those of the Azure CLI', async () => {
    const answer = { accessToken: 'cli-token', expires_on: Math.floor(Date.now() / 1000) + 3600 };
    await installAzureCli(`echo '${JSON.stringify(answer)}'`);
    expect((await credential({}).getToken(resource('cli')))?.token).toBe('cli-token');
  });

  test('where nobody is logged in, it says so at once and what to do', async () => {
    await installAzureCli(`echo "Please run 'az login' to setup account." >&2; exit 1`);
    await expect(credential({}).getToken(resource('nobody'))).rejects.toMatchObject({
      code: 'identity-unavailable',
      class: 'persistent',
      message: expect.stringContaining('developer on this machine'),
      nextAction: expect.stringContaining('az login'),
    });
    // The managed identity of whatever machine this may be is not asked: it is somebody else's.
    expect(endpoint.asked).toEqual([]);
  });
});
