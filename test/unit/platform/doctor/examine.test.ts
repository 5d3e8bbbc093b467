import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ORCHESTRATION_VERSION } from '../../../../src/durable/contracts/version';
import type { SecretExpiry } from '../../../../src/model/secret-expiry';
import { examine, type Patient } from '../../../../src/platform/doctor/examine';
import { examineAccess, examineExposure } from '../../../../src/platform/doctor/examine-exposure';
import { examineHostJson } from '../../../../src/platform/doctor/examine-host-json';
import { examineSettings } from '../../../../src/platform/doctor/examine-settings';
import { examineVersions } from '../../../../src/platform/doctor/examine-versions';
import { readSettings } from '../../../../src/platform/settings';
import { claimStorageAccount } from '../../../support/azurite';

const ROOT = path.join(__dirname, '../../../..');

interface Host {
  readonly extensionBundle: object;
  readonly extensions: { readonly durableTask: { readonly tracing: object; readonly storageProvider: object } };
}

describe('host.json', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-doctor-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('ours has what the app needs', () => {
    expect(examineHostJson(ROOT, ORCHESTRATION_VERSION)).toMatchObject([{ status: 'ok' }]);
  });

  test.each<[string, (host: Host) => void, string, string]>([
    [
      'an old bundle',
      (host) => Object.assign(host.extensionBundle, { version: '[3.*, 4.0.0)' }),
      'extensionBundle.version',
      'failed',
    ],
    [
      'another version of orchestrations',
      (host) => Object.assign(host.extensions.durableTask, { defaultVersion: '0.9' }),
      'extensions.durableTask.defaultVersion',
      'failed',
    ],
    [
      'no hub',
      (host) => Object.assign(host.extensions.durableTask, { hubName: '' }),
      'extensions.durableTask.hubName',
      'failed',
    ],
    [
      'inputs in telemetry',
      (host) => Object.assign(host.extensions.durableTask.tracing, { traceInputsAndOutputs: true }),
      'extensions.durableTask.tracing.traceInputsAndOutputs',
      'failed',
    ],
    [
      'slow polling',
      (host) => Object.assign(host.extensions.durableTask.storageProvider, { maxQueuePollingInterval: '00:01:00' }),
      'extensions.durableTask.storageProvider.maxQueuePollingInterval',
      'warning',
    ],
    [
      'a short time for functions',
      (host) => Object.assign(host, { functionTimeout: '00:05:00' }),
      'functionTimeout',
      'warning',
    ],
  ])('%s', async (_, change, what, status) => {
    const host = JSON.parse(await readFile(path.join(ROOT, 'host.json'), 'utf8')) as Host;
    change(host);
    await writeFile(path.join(folder, 'host.json'), JSON.stringify(host));
    expect(examineHostJson(folder, ORCHESTRATION_VERSION)).toMatchObject([
      { what, status, fix: expect.stringMatching(/^Set it to /) as string },
    ]);
  });

  test('none, or one that is no JSON', async () => {
    await writeFile(path.join(folder, 'host.json'), '{');
    expect(examineHostJson(folder, null)).toMatchObject([
      { status: 'failed', message: expect.stringContaining('cannot be read') as string },
    ]);
    expect(examineHostJson('/no/such/folder', null)).toMatchObject([{ status: 'failed' }]);
  });
});

test('settings that cannot be used, that nothing reads, and that weaken what protects the app', () => {
  expect(examineSettings({ SLUICE_AUTH: 'entra', SLUICE_SECRET_X: 'y', PATH: '/bin' })).toMatchObject([
    { status: 'ok' },
  ]);
  const found = examineSettings({
    SLUICE_ENGINE_SLOTS: '0',
    SLUICE_KEYROLES: 'x',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_OPTIONS: '--tls-min-v1.0',
  });
  expect(found.map(({ what, status }) => [what, status])).toEqual([
    ['app settings', 'failed'],
    ['SLUICE_KEYROLES', 'warning'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', 'failed'],
    ['NODE_OPTIONS', 'failed'],
  ]);
  expect(found[1]?.message).toContain("Did you mean 'SLUICE_KEY_ROLES'");
});

test('versions: what is at work, too old, and not there', () => {
  expect(examineVersions(ROOT).every(({ status }) => status === 'ok')).toBe(true);
  expect(examineVersions(ROOT, '20.1.0')[0]).toMatchObject({ status: 'failed' });
  expect(examineVersions(ROOT, '23.0.0')[0]).toMatchObject({ status: 'warning' });
  expect(examineVersions('/no/such/folder').filter(({ status }) => status === 'failed').length).toBeGreaterThan(3);
});

test.each([
  ['own machine', { AZURE_FUNCTIONS_ENVIRONMENT: 'Development' }, 'ok'],
  ['keys in Azure', { WEBSITE_SITE_NAME: 'a' }, 'warning'],
  ['Entra', { WEBSITE_SITE_NAME: 'a', SLUICE_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'true' }, 'ok'],
  ['Entra, and the platform off', { WEBSITE_SITE_NAME: 'a', SLUICE_AUTH: 'entra' }, 'failed'],
  ['a host somewhere else', {}, 'warning'],
])('who may call: %s', (_, env, status) => {
  expect(examineAccess(readSettings(env))).toMatchObject({ area: 'exposure', status });
});

describe('knocking at the API', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));
  const api = async (answer: (forged: boolean) => number): Promise<string> => {
    const server = createServer((request, response) => {
      response.writeHead(answer(request.headers['x-ms-client-principal'] !== undefined)).end('{}');
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  };

  test.each<[string, (forged: boolean) => number, readonly string[]]>([
    ['a closed app', () => 401, ['ok', 'ok']],
    ['an app that is open to everybody', () => 200, ['failed', 'failed']],
    ['an app that believes whoever makes up a principal', (forged) => (forged ? 200 : 401), ['ok', 'failed']],
  ])('%s', async (_, answer, statuses) => {
    const found = await examineExposure(await api(answer));
    expect(found.map(({ status }) => status)).toEqual(statuses);
  });

  test('an address that nobody answers at is skipped, with the reason', async () => {
    expect(await examineExposure('http://127.0.0.1:9/api')).toMatchObject([
      { status: 'skipped' },
      { status: 'skipped' },
    ]);
  });
});

describe('an examination as a whole', () => {
  const patient = async (more: Partial<Patient> = {}): Promise<Patient> => {
    const storage = await claimStorageAccount();
    const env = { AzureWebJobsStorage: storage.connectionString, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    return {
      env,
      settings: readSettings(env),
      appFolder: ROOT,
      orchestrationVersion: ORCHESTRATION_VERSION,
      api: null,
      nowMs: () => Date.now(),
      token: () => Promise.resolve('token'),
      connections: [],
      testConnection: () => Promise.reject(new Error('none')),
      secretExpiries: () => Promise.resolve([]),
      problems: () => Promise.resolve({ errors: 0, warnings: 0 }),
      audit: () => Promise.resolve(null),
      ...more,
    };
  };

  test('of an app that works', async () => {
    const { healthy, findings } = await examine(await patient());
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(healthy).toBe(true);
    expect(new Set(findings.map(({ area }) => area))).toEqual(
      new Set(['settings', 'storage', 'clock', 'secrets', 'exposure', 'audit', 'pipelines', 'versions', 'host.json']),
    );
  });

  test('a secret that has ended, one that ends soon, and one that cannot be read', async () => {
    const expiry = (name: string, daysLeft: number | null, failure: SecretExpiry['failure'] = null): SecretExpiry => ({
      name,
      daysLeft,
      expiresOn: daysLeft === null ? null : new Date(Date.UTC(2026, 0, 1 + daysLeft)).toISOString(),
      failure,
    });
    const failure = { code: 'secret-not-found', message: 'there is no secret none' };
    const secrets = [
      expiry('over', -1),
      expiry('soon', 7),
      expiry('later', 200),
      expiry('endless', null),
      expiry('none', null, failure),
    ];
    const { healthy, findings } = await examine(await patient({ secretExpiries: () => Promise.resolve(secrets) }));
    const of = findings.filter(({ area }) => area === 'secrets').map(({ what, status }) => [what, status]);
    expect(of).toEqual([
      ['over', 'failed'],
      ['soon', 'warning'],
      ['later', 'ok'],
      ['endless', 'ok'],
      ['none', 'failed'],
    ]);
    expect(healthy).toBe(false);
  });

  test('a part that cannot be looked at is a finding, and the others are looked at all the same', async () => {
    const broken = {
      problems: () => Promise.reject(new Error('disk full')),
      audit: () => Promise.resolve('1 findings: removed'),
    };
    const { findings } = await examine(await patient({ ...broken, settings: null, connections: ['warehouse'] }));
    const failed = findings.filter(({ status }) => status === 'failed').map(({ area, message }) => [area, message]);
    expect(failed).toEqual([
      ['connections', 'none'],
      ['audit', '1 findings: removed'],
      ['pipelines', 'disk full'],
    ]);
  });
});
