import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TableClient } from '@azure/data-tables';
import { sluice } from '../unit/cli/support/sluice';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** What App Service authentication writes, and what somebody may make up. */
const principal = (...roles: readonly string[]): string => {
  const claims = [
    { typ: 'preferred_username', val: 'eve@example.com' },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ];
  return Buffer.from(JSON.stringify({ auth_typ: 'aad', name_typ: 'preferred_username', claims })).toString('base64');
};
const FORGED = { 'x-ms-client-principal': principal('admin'), 'x-ms-client-principal-name': 'admin@example.com' };

async function ask(app: SluiceApp, method: string, route: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${app.baseUrl}${route}`, { method, headers });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each route has a shape of its own
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as any };
}

/** Who may call a whole app, in each way in which callers can be known. */
describe('on somebody’s own machine', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    app = await startSluiceApp();
  });
  afterAll(() => app.stop());

  test('its user is an admin, and a header that is made up names nobody', async () => {
    const user = os.userInfo().username;
    expect((await ask(app, 'POST', '/api/pipelines/airports/pause', FORGED)).status).toBe(400);
    const paused = await app.request('POST', '/api/pipelines/airports/pause', { reason: 'stock-taking' });
    expect(paused).toMatchObject({ status: 200, json: { paused: { by: `local:${user}` } } });
    const { json } = await ask(app, 'GET', '/api/audit', FORGED);
    expect(json.entries[0].entry).toMatchObject({
      action: 'pipeline-paused',
      by: `local:${user}`,
      subject: 'airports',
    });
    await app.request('POST', '/api/pipelines/airports/resume', {});
  });

  test('every entry is in the log with its place, so that Log Analytics has it', async () => {
    const { json } = await ask(app, 'GET', '/api/audit');
    const { sequence, hash } = (json.entries as { sequence: number; hash: string }[])[0]!;
    const line = (await app.log()).split('\n').find((each) => each.includes('audit-entry') && each.includes(hash));
    expect(line).toContain(`"sequence":${sequence}`);
  });

  test('the command line reads, verifies and exports the audit trail, and finds what somebody did to it', async () => {
    const world = { env: { SLUICE_PORT: new URL(app.baseUrl).port } };
    for (const reason of ['one', 'two', 'three']) await app.request('POST', '/api/pipelines/flights/pause', { reason });
    const listed = await sluice(['audit', 'list', '--action', 'pipeline-paused', '--subject', 'flights'], world);
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/pipeline-paused {2}local:\S+ {2}flights {2}reason=three\n.*reason=two\n.*reason=one\n/);
    expect(await sluice(['audit', 'verify'], world)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The audit trail is whole: \d+ entries/),
    });

    const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-audit-'));
    expect((await sluice(['audit', 'export', '--to-folder', folder], world)).code).toBe(0);
    expect((await sluice(['audit', 'verify', '--files', folder])).code).toBe(0);
    expect((await sluice(['audit', 'verify', '--files', folder, '--url', `${app.baseUrl}/api`])).code).toBe(0);

    // Somebody changes an entry of the table, and somebody else the file.
    const table = TableClient.fromConnectionString(app.storage.connectionString, 'sluiceaudit', {
      allowInsecureConnection: true,
    });
    const rows: { partitionKey: string; rowKey: string; entry0: string }[] = [];
    const entities = table.listEntities<{ entry0?: string }>();
    for await (const row of entities) {
      if (row.entry0?.includes('"two"') === true)
        rows.push({ partitionKey: row.partitionKey!, rowKey: row.rowKey!, entry0: row.entry0 });
    }
    expect(rows).toHaveLength(1);
    await table.updateEntity({ ...rows[0]!, entry0: rows[0]!.entry0.replace('"two"', '"2"') }, 'Merge');
    const altered = await sluice(['audit', 'verify'], world);
    expect(altered).toMatchObject({ code: 1, out: expect.stringContaining('is not what its hash says') });
    expect(await sluice(['audit', 'verify', '--files', folder, '--url', `${app.baseUrl}/api`])).toMatchObject({
      code: 0,
    });
    await table.updateEntity(rows[0]!, 'Merge');
    expect((await sluice(['audit', 'verify'], world)).code).toBe(0);

    const [file = ''] = (await readdir(folder)).toSorted();
    const lines = (await readFile(path.join(folder, file), 'utf8')).split('\n');
    await writeFile(path.join(folder, file), lines.toSpliced(1, 1).join('\n'));
    expect(await sluice(['audit', 'verify', '--files', folder])).toMatchObject({
      code: 1,
      out: expect.stringContaining('entry 2 is gone'),
    });
    await rm(folder, { recursive: true });
  });

  test.each([
    [['audit'], 'write one of list, verify, export'],
    [['audit', 'verfy'], "there is no 'verfy'. Did you mean 'verify'"],
    [['audit', 'verify', '--from', 'monday'], "--from takes a day such as 2026-01-31, not 'monday'"],
    [['audit', 'verify', '--files', '/no/such/folder'], 'there is no folder /no/such/folder'],
    [['audit', 'export'], 'say where with --to-folder'],
  ])('%j is used wrongly', async (args, says) => {
    expect(await sluice(args)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });
});

/** An app that takes itself to be in Azure; the platform in front of it is this test. */
const IN_AZURE = {
  WEBSITE_SITE_NAME: 'func-sluice-test',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
  SLUICE_EVENT_QUEUE: 'events',
};

describe('with Entra', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    app = await startSluiceApp({ env: { ...IN_AZURE, SLUICE_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' } });
  });
  afterAll(() => app.stop());
  const as = (...roles: readonly string[]) => ({ 'x-ms-client-principal': principal(...roles) });

  test('each role opens what it opens, and no more', async () => {
    expect((await ask(app, 'GET', '/api/health')).status).toBe(200);
    expect(await ask(app, 'GET', '/api/runs')).toMatchObject({
      status: 401,
      json: { code: 'sign-in-required', neededRole: 'reader' },
    });
    expect(await ask(app, 'GET', '/api/runs', as())).toMatchObject({
      status: 403,
      json: { code: 'role-required', role: null },
    });
    expect((await ask(app, 'GET', '/api/runs', as('reader'))).status).toBe(200);
    expect(await ask(app, 'POST', '/api/runs', as('reader'))).toMatchObject({
      status: 403,
      json: { neededRole: 'operator', role: 'reader' },
    });
    expect(await ask(app, 'GET', '/api/audit', as('approver'))).toMatchObject({
      status: 403,
      json: { neededRole: 'admin' },
    });
    expect((await ask(app, 'GET', '/api/audit', as('admin'))).status).toBe(200);
  });

  test('a key of the host is no way in', async () => {
    expect((await ask(app, 'GET', '/api/runs', { 'x-functions-key': 'any' })).status).toBe(401);
  });

  test('who was sent away stands in the audit trail, with the caller’s correlation id', async () => {
    await ask(app, 'POST', '/api/runs', { ...as('reader'), 'x-correlation-id': 'ticket-42' });
    const { json } = await ask(app, 'GET', '/api/audit?action=access-refused', as('admin'));
    expect(json.entries[0].entry).toMatchObject({
      by: 'eve@example.com',
      subject: 'POST /api/runs',
      detail: { code: 'role-required', neededRole: 'operator', role: 'reader' },
      correlationId: 'ticket-42',
    });
  });
});

describe('with Entra, where App Service authentication is off', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    app = await startSluiceApp({ env: { ...IN_AZURE, SLUICE_AUTH: 'entra' } });
  });
  afterAll(() => app.stop());

  test('nobody is believed, and everything but health is refused with the reason', async () => {
    expect((await ask(app, 'GET', '/api/health')).status).toBe(200);
    for (const headers of [{}, FORGED, { 'x-functions-key': 'any' }]) {
      const { status, json } = await ask(app, 'GET', '/api/runs', headers);
      expect([status, json.code]).toEqual([503, 'authentication-off']);
    }
    expect(await app.log()).toContain('authentication-off');
  });
});

describe('with function keys', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
    const keys = `board=reader:${sha256('k-board')},release-bot=approver:${sha256('k-bot')}`;
    app = await startSluiceApp({ env: { ...IN_AZURE, SLUICE_KEY_ROLES: keys } });
  });
  afterAll(() => app.stop());

  test('a key is an operator, a listed one has its own role, and a made-up header lifts neither', async () => {
    const decide = '/api/quarantine/none/decisions';
    expect((await ask(app, 'GET', '/api/runs', { 'x-functions-key': 'some' })).status).toBe(200);
    expect(await ask(app, 'POST', decide, { ...FORGED, 'x-functions-key': 'some' })).toMatchObject({
      status: 403,
      json: { role: 'operator' },
    });
    expect(await ask(app, 'POST', '/api/runs', { ...FORGED, 'x-functions-key': 'k-board' })).toMatchObject({
      status: 403,
      json: { role: 'reader' },
    });
    expect(await ask(app, 'POST', decide, { 'x-functions-key': 'k-bot' })).toMatchObject({ status: 400 });
    expect(await ask(app, 'GET', '/api/audit?code=k-bot')).toMatchObject({ status: 403, json: { role: 'approver' } });
  });
});
