import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  warehouse:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: \${env:WAREHOUSE_TLS}
`;
const PIPELINE = `pipeline: orders
source:
  connection: landing
  files: orders/*.csv
  incremental: { by: file }
  columns: { id: integer, amount: 'decimal(10,2)', country: string }
checks:
  - range: { column: amount, max: 100, name: too-much }
  - acceptedValues: { column: country, values: [DE, FR], name: country }
quarantine: { retention: 30d, review: { deadline: 7d, remindEvery: 1d, onDeadline: keep } }
target: { connection: warehouse, table: sales.orders, writeDisposition: append }
verify: [{ checksum: '*' }]
`;
/** Ten good rows, and: 11 and 12 too much, 13 of another country, 14 no number, 15 both, 16 with a field too few. */
const CSV = `id,amount,country
${Array.from({ length: 10 }, (_, index) => `${index + 1},${index},DE`).join('\n')}
11,500,DE
12,600,FR
13,5,XX
14,abc,DE
15,700,XX
16,1
`;

/** Masks what a column is made into, and makes another of it before. */
const MASKING = `pipeline: people
source:
  connection: landing
  files: people/*.csv
  incremental: { by: file }
  columns: { id: integer, email: string, country: string }
transform:
  - cleanse: { columns: [email], case: lower }
  - derive: { domain: "split_part(email, '@', 2)" }
  - mask: { columns: [email], method: partial, keepFirst: 1 }
checks:
  - acceptedValues: { column: country, values: [DE, FR], name: country }
  - unique: { columns: [id], onFailure: quarantine }
quarantine: { maxShare: 100% }
target: { connection: warehouse, table: sales.people, writeDisposition: append }
`;
const PEOPLE =
  'id,email,country\n1,Ann@Example.org,DE\n2,Bob@Example.com,XX\n3,cy@example.net,FR\n3,Di@example.net,DE\n4\n';

/** What an operator does with quarantined rows, on a whole app that is killed in between. */
describe('the review of quarantined rows', () => {
  let app: SluiceApp;
  let folder = '';
  let batch = '';
  const get = async (address: string) => (await app.request('GET', address)).json;
  const post = (address: string, body: object) => app.request('POST', address, body);
  const loaded = async () =>
    (await app.database.query<{ id: number }>('SELECT id FROM sales.orders ORDER BY id')).map(({ id }) => id);
  /** Waits until no release is under way any more. */
  const settled = async (id = batch) => {
    for (const deadline = Date.now() + 90_000; Date.now() < deadline; await sleep(200)) {
      const now = await get(`/api/quarantine/${id}`);
      if (now.review.requested === null) return now;
    }
    throw new Error(`The release did not end:\n${await app.log()}`);
  };
  const GOOD = Array.from({ length: 10 }, (_, index) => index + 1);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(folder, 'orders.yaml'), PIPELINE);
    await writeFile(path.join(folder, 'people.yaml'), MASKING);
    app = await startSluiceApp({ pipelines: folder });
    await app.land('landing', 'orders/a.csv', Buffer.from(CSV));
    const run = await app.ended(await app.start({ pipelines: ['orders'] }));
    expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 16, loaded: 10, quarantined: 6 } });
    const { batches } = await get(`/api/quarantine?runId=${run.runId}`);
    expect(batches).toHaveLength(1);
    batch = `${run.runId}.orders.transform.0.0`;
    expect(batches[0].batch).toBe(batch);
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('shows rows with their values, reasons and places, page by page and by a filter', async () => {
    const all = await get(`/api/quarantine/${batch}`);
    expect(all).toMatchObject({ rows: 6, counts: { open: 6, decided: 0 }, review: { requested: null } });
    const first = await get(`/api/quarantine/${batch}/rows?limit=4`);
    expect(first.rows).toHaveLength(4);
    const rest = await get(`/api/quarantine/${batch}/rows?limit=4&continuation=${first.continuation}`);
    expect(rest.continuation).toBeNull();
    const rows = [...first.rows, ...rest.rows];
    expect(rows.map(({ row }: { row: string }) => row)).toEqual(['0-11', '0-12', '0-13', '0-14', '0-15', '0-16']);
    expect(rows[4]).toMatchObject({
      state: 'open',
      reasons: ['too-much', 'country'],
      values: { id: '15', amount: '700', country: 'XX' },
    });
    expect(rows[5]).toMatchObject({ raw: '16,1', values: { id: null } });
    const named = async (query: string) =>
      (await get(`/api/quarantine/${batch}/rows?${query}`)).rows.map(({ row }: { row: string }) => row);
    expect(await named('reason=country')).toEqual(['0-13', '0-15']);
    expect(await named('column=country&value=FR')).toEqual(['0-12']);
    expect(await named('state=decided')).toEqual([]);
  });

  test('refuses what cannot be', async () => {
    expect(await app.request('GET', '/api/quarantine/nothing')).toMatchObject({
      status: 404,
      json: { code: 'quarantine-not-found' },
    });
    expect(await app.request('GET', `/api/quarantine/${batch}/rows/0-99`)).toMatchObject({ status: 404 });
    expect(await app.request('GET', `/api/quarantine/${batch}/rows?column=nothing&value=x`)).toMatchObject({
      status: 400,
    });
    const patch = (values: object) =>
      app.request('PATCH', `/api/quarantine/${batch}/rows/0-14`, { values, reason: 'mended' });
    expect(await patch({ nothing: '1' })).toMatchObject({ status: 400 });
    expect(await patch({ _sluice_row: '1' })).toMatchObject({ status: 400 });
    const decide = (body: object) => post(`/api/quarantine/${batch}/decisions`, body);
    expect(await decide({ decision: 'approve', rows: ['0-11'] })).toMatchObject({ status: 400 });
    expect(await decide({ decision: 'approve', reason: 'x' })).toMatchObject({ status: 400 });
    expect(await decide({ decision: 'approve', reason: 'x', rows: ['0-11'], by: 'boss' })).toMatchObject({
      status: 400,
    });
    expect(await decide({ decision: 'retry', reason: 'x', rows: ['0-16'] })).toMatchObject({
      json: { decided: 0, unreadable: 1 },
    });
  });

  test('says what it would do, and changes nothing', async () => {
    const body = { decision: 'retry', reason: 'x', filter: { state: 'open' }, dryRun: true };
    expect((await post(`/api/quarantine/${batch}/decisions`, body)).json).toEqual({
      batch,
      decision: 'retry',
      dryRun: true,
      decided: 5,
      locked: 0,
      unreadable: 1,
      changed: 0,
    });
    const edit = { values: { amount: '14' }, reason: 'x', dryRun: true };
    expect((await app.request('PATCH', `/api/quarantine/${batch}/rows/0-14`, edit)).json).toMatchObject({
      dryRun: true,
      edits: { amount: '14' },
    });
    expect(await get(`/api/quarantine/${batch}/rows/0-14`)).toMatchObject({ state: 'open', edits: {}, history: [] });
    expect(await get(`/api/quarantine/${batch}`)).toMatchObject({ counts: { open: 6, decided: 0 } });
    const wrong = { ...edit, values: { nothing: 'abc' } };
    expect(await app.request('PATCH', `/api/quarantine/${batch}/rows/0-14`, wrong)).toMatchObject({ status: 400 });
  });

  test('loads approved, edited and retried rows once, though the host is killed meanwhile', async () => {
    const decide = (body: object) => post(`/api/quarantine/${batch}/decisions`, body);
    await app.request('PATCH', `/api/quarantine/${batch}/rows/0-14`, {
      values: { amount: '14' },
      reason: 'the sender said so',
    });
    await app.request('PATCH', `/api/quarantine/${batch}/rows/0-16`, {
      values: { id: '16', amount: '1', country: 'FR' },
      reason: 'mended',
    });
    expect((await decide({ decision: 'retry', reason: 'mended', rows: ['0-14', '0-16'] })).json).toMatchObject({
      decided: 2,
    });
    expect(
      (
        await decide({
          decision: 'approve',
          reason: 'a real sale',
          filter: { column: 'country', value: 'DE', state: 'open' },
        })
      ).json,
    ).toMatchObject({ decided: 1 });
    const said = await fetch(`${app.baseUrl}/api/audit?action=quarantine-decided`);
    const { entries } = (await said.json()) as { entries: { entry: { detail: { rows: string } } }[] };
    expect(entries.map(({ entry }) => entry.detail.rows)).toContain(
      '{"state":"open","column":"country","value":"***"}',
    );
    expect((await decide({ decision: 'discard', reason: 'a test', rows: ['0-15'] })).json).toMatchObject({
      decided: 1,
    });
    // Its check has not changed, so it is quarantined once more, in a batch of the release's run.
    expect((await decide({ decision: 'retry', reason: 'let us see', rows: ['0-13'] })).json).toMatchObject({
      decided: 1,
    });
    const release = await post(`/api/quarantine/${batch}/release`, { reason: 'Monday' });
    expect(release).toMatchObject({ status: 202, json: { counts: { open: 1, discarded: 1 } } });
    await app.kill();
    await app.restart();
    await post(`/api/quarantine/${batch}/release`, { reason: 'Monday' });
    const after = await settled();
    expect(after).toMatchObject({
      counts: { open: 1, decided: 0, discarded: 1, releasing: 0, released: 4 },
      review: { failure: null },
    });
    expect(await loaded()).toEqual([...GOOD, 11, 14, 16]);
    const row = await get(`/api/quarantine/${batch}/rows/0-11`);
    expect(row).toMatchObject({
      state: 'released',
      decision: 'approve',
      reason: 'a real sale',
      by: expect.stringMatching(/^local:/) as string,
    });
    expect(row.history.map(({ state }: { state: string }) => state)).toEqual(['decided', 'releasing', 'released']);
    expect(
      await post(`/api/quarantine/${batch}/decisions`, { decision: 'discard', reason: 'too late', rows: ['0-11'] }),
    ).toMatchObject({ json: { locked: 1 } });
    const { runs } = await get('/api/runs?pipeline=orders');
    const run = (runs as { trigger: { kind: string }; counts: object; runId: string }[]).find(
      ({ trigger }) => trigger.kind === 'release',
    )!;
    expect(run.counts).toMatchObject({ read: 4, loaded: 3, quarantined: 1 });
    const again = await get(`/api/quarantine?runId=${run.runId}`);
    expect(again.batches[0]).toMatchObject({ rows: 1, reasons: [{ reason: 'country', rows: 1 }] });
  });

  test('loads rows once after the rule was mended, and the next usual run loads nothing', async () => {
    const file = path.join(app.pipelinesFolder, 'orders.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('max: 100', 'max: 1000'));
    await app.kill();
    await app.restart();
    await post(`/api/quarantine/${batch}/decisions`, {
      decision: 'retry',
      reason: 'the limit was wrong',
      rows: ['0-12'],
    });
    await post(`/api/quarantine/${batch}/release`, {});
    expect(await settled()).toMatchObject({
      counts: { open: 0, decided: 0, releasing: 0, released: 5, discarded: 1 },
      review: { failure: null },
    });
    expect(await loaded()).toEqual([...GOOD, 11, 12, 14, 16]);
    const run = await app.ended(await app.start({ pipelines: ['orders'] }));
    expect(run.pipelines[0]).toMatchObject({
      status: 'Succeeded',
      reason: expect.stringMatching(/^already loaded/) as string,
    });
    expect(await loaded()).toHaveLength(14);
  });

  test('loads rows of a pipeline that masks as if they had never been kept aside, while what is masked is known', async () => {
    await app.land('landing', 'people/a.csv', Buffer.from(PEOPLE));
    const run = await app.ended(await app.start({ pipelines: ['people'] }));
    expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 5, loaded: 1, quarantined: 4 } });
    const [transform, validate] = [`${run.runId}.people.transform.0.0`, `${run.runId}.people.validate.all.0`];
    const kept = await get(`/api/quarantine/${transform}/rows`);
    expect(kept.rows).toMatchObject([
      { values: { id: '2', email: 'B**************' } },
      { row: '0-5', raw: expect.not.stringContaining('4') as string },
    ]);
    expect(await get(`/api/quarantine/${transform}`)).toMatchObject({ masked: ['email'] });
    const edit = (values: object) =>
      app.request('PATCH', `/api/quarantine/${transform}/rows/0-2`, { values, reason: 'mended' });
    expect(await edit({ email: 'plain@example.com' })).toMatchObject({ status: 400 });
    expect(await edit({ country: 'FR' })).toMatchObject({ status: 200 });
    const decide = (id: string, body: object) => post(`/api/quarantine/${id}/decisions`, { reason: 'x', ...body });
    expect(await decide(transform, { decision: 'retry', filter: {} })).toMatchObject({
      json: { decided: 1, unreadable: 1 },
    });
    await post(`/api/quarantine/${transform}/release`, {});
    expect(await settled(transform)).toMatchObject({ counts: { released: 1 }, review: { failure: null } });
    expect(await decide(validate, { decision: 'approve', rows: ['0-4'] })).toMatchObject({ json: { decided: 1 } });
    await post(`/api/quarantine/${validate}/release`, {});
    expect(await settled(validate)).toMatchObject({ counts: { released: 1 }, review: { failure: null } });
    expect(await app.database.query('SELECT id, email, domain, country FROM sales.people ORDER BY id')).toEqual([
      { id: 1, email: 'a**************', domain: 'example.org', country: 'DE' },
      { id: 2, email: 'b**************', domain: 'example.com', country: 'FR' },
      { id: 3, email: 'd*************', domain: 'example.net', country: 'DE' },
    ]);
    await app.forget('work', `runs/${run.runId}/people/originals/`);
    const late = { decision: 'retry', rows: ['0-3'] };
    expect(await decide(validate, late)).toMatchObject({ status: 409, json: { code: 'originals-gone' } });
    expect(await decide(validate, { ...late, decision: 'discard' })).toMatchObject({ json: { decided: 1 } });
  });
});
