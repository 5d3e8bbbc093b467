import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { sluice } from '../unit/cli/support/sluice';

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
source: { connection: landing, files: orders/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }, { filter: id > 0 }]
target: { connection: warehouse, table: sales.orders, key: [id], writeDisposition: merge }
`;
const STRIKES = `pipeline: strikes
source: { connection: landing, files: strikes/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }]
checks: [{ range: { column: id, max: 2 } }]
quarantine: { maxShare: 90% }
target: { connection: warehouse, table: sales.strikes, writeDisposition: append }
`;
const GUARDS = `guards:
  confirm: [undo, activate]
  approval: { for: [change, undo, release], deadline: 1d, releaseRows: 1 }
`;
const KEYS = { ann: 'key-of-ann', bob: 'key-of-bob' } as const;
const keyRole = (name: keyof typeof KEYS, role: string): string =>
  `${name}=${role}:${createHash('sha256').update(KEYS[name]).digest('hex')}`;

/** Two people at an app that asks for the word of the other, on a host that dies in between. */
describe('approvals, versions and reviewed plans on a whole app', () => {
  let app: SluiceApp;
  let folder = '';
  const as = (who: keyof typeof KEYS, ...args: string[]) =>
    sluice(args, {
      workingFolder: folder,
      env: { SLUICE_PORT: new URL(app.baseUrl).port, SLUICE_FUNCTION_KEY: KEYS[who] },
    });
  const rows = async () =>
    (await app.database.query<{ id: number }>('SELECT id FROM sales.orders ORDER BY id')).map(({ id }) => id);
  const waiting = async (): Promise<string> => {
    const { out } = await as('ann', 'approvals', 'list', '--state', 'waiting', '--json');
    return (JSON.parse(out) as { approvals: { approval: string }[] }).approvals[0]?.approval ?? '';
  };
  const change = async (from: string, to: string): Promise<void> => {
    const place = path.join(app.pipelinesFolder, 'orders.yaml');
    const before = await readFile(place, 'utf8');
    expect(before).toContain(from);
    await writeFile(place, before.replace(from, to));
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await mkdir(path.join(folder, 'environments'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(folder, 'orders.yaml'), PIPELINE);
    await writeFile(path.join(folder, 'strikes.yaml'), STRIKES);
    await writeFile(path.join(folder, 'environments/local.yaml'), GUARDS);
    app = await startSluiceApp({
      pipelines: folder,
      // As in Azure: whoever calls is known by a key.
      env: {
        WEBSITE_INSTANCE_ID: 'test',
        SLUICE_KEY_ROLES: [keyRole('ann', 'approver'), keyRole('bob', 'approver')].join(', '),
      },
    });
    await app.land('landing', 'orders/a.csv', Buffer.from('id,name\n1,a\n2,b\n'));
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('what is deployed runs once somebody approved it; a run shows its version', async () => {
    const refused = await as('ann', 'run', 'orders');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('[approval-required]') as string });
    const approved = await as('ann', 'approvals', 'approve', await waiting(), '--reason', 'the first one');
    expect(approved).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/: done\n.*begun: pipelines 2/s) });
    const { code, out } = await as('ann', 'run', 'orders');
    expect(code).toBe(0);
    const used = /Definitions: orders ([0-9a-f]{12})/.exec(out)?.[1];
    const { out: listed } = await as('ann', 'versions', 'orders');
    expect(listed).toContain(`Runs of orders in local use ${used ?? 'none'}, which is the deployed one.`);
    expect(listed).toContain('(deployed, used)\n  the first one\n');
    expect(await rows()).toEqual([1, 2]);
  });

  test('an undo waits for somebody else, over a host that is killed, and is done once', async () => {
    await app.land('landing', 'orders/b.csv', Buffer.from('id,name\n2,wrong\n3,c\n'));
    const { out } = await as('ann', 'run', 'orders', '--json');
    const { runId } = JSON.parse(out) as { runId: string };
    expect(await rows()).toEqual([1, 2, 3]);
    const unconfirmed = await as('ann', 'undo', runId, '--reason', 'wrong file');
    expect(unconfirmed).toMatchObject({ code: 1, err: expect.stringContaining(`--confirm ${runId}`) as string });
    const asked = await as('ann', 'undo', runId, '--reason', 'wrong file', '--confirm', runId);
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('Waits until somebody else approves it') });
    const id = await waiting();
    await app.kill();
    await app.restart();
    expect(await waiting()).toBe(id);
    const own = await as('ann', 'approvals', 'approve', id, '--reason', 'mine');
    expect(own).toMatchObject({ code: 1, err: expect.stringContaining('[approval-own]') as string });
    // Killed right after the decision: what stands in the store is done all the same.
    const decided = await fetch(`${app.baseUrl}/api/approvals/${id}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': KEYS.bob },
      body: JSON.stringify({ decision: 'approve', reason: 'it was the wrong file' }),
    });
    expect(decided.status).toBe(202);
    await app.kill();
    await app.restart();
    for (const end = Date.now() + 90_000; (await rows()).length > 2; await sleep(200)) {
      if (Date.now() > end) throw new Error(`The undo was not done:\n${await app.log()}`);
    }
    expect(await app.database.query('SELECT id, name FROM sales.orders ORDER BY id')).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    for (const end = Date.now() + 60_000; ; await sleep(200)) {
      const shown = await as('ann', 'approvals', 'show', id);
      if (shown.out.startsWith(`${id}: done`)) break;
      if (Date.now() > end) throw new Error(`The approval did not end: ${shown.out}`);
    }
    const again = await as('bob', 'approvals', 'reject', id, '--reason', 'too late');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('[approval-decided]') as string });
    await as('ann', 'resume', 'orders');
  });

  test('a changed definition waits, is looked at key by key, and is rolled back by another approval', async () => {
    await change('id > 0', 'id > 1');
    const before = await as('ann', 'versions', 'orders');
    expect(before.out).toMatch(/use [0-9a-f]{12}, the last that was approved; [0-9a-f]{12} is deployed and waits/);
    const id = await waiting();
    const { out } = await as('ann', 'approvals', 'show', id);
    expect(out).toContain('transform[1].filter\n    - id > 0\n    + id > 1\n');
    expect((await as('ann', 'approvals', 'approve', id, '--reason', 'agreed')).code).toBe(0);
    expect((await as('ann', 'versions', 'orders')).out).toContain('which is the deployed one');
    const first =
      /\n([0-9a-f]{12}) [^\n]*\n {2}the first one/.exec((await as('ann', 'versions', 'orders')).out)?.[1] ?? '';
    expect(await as('ann', 'activate', 'orders', first, '--reason', 'x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--confirm orders') as string,
    });
    const asked = await as('ann', 'activate', 'orders', first, '--reason', 'rows are lost', '--confirm', 'orders');
    expect(asked.out).toContain('Waits until somebody else approves it');
    expect((await as('bob', 'approvals', 'approve', await waiting(), '--reason', 'go')).code).toBe(0);
    expect((await as('ann', 'versions', 'orders')).out).toContain(`use ${first}, which key:ann activated at`);
    const run = await as('ann', 'run', 'orders');
    expect(run.out).toContain(`Definitions: orders ${first}`);
    const compared = await as('ann', 'versions', 'orders', first, '--against', 'ffffff');
    expect(compared).toMatchObject({ code: 1, err: expect.stringContaining('[definition-not-found]') as string });
  });

  test('a reviewed plan is applied once, and refused when anything is other than it was', async () => {
    // The plan is made where the folder and its services are: with the version that was deployed first.
    await change('id > 1', 'id > 0');
    const env = {
      AzureWebJobsStorage: app.storage.connectionString,
      WAREHOUSE_HOST: app.database.host,
      WAREHOUSE_PORT: String(app.database.port),
      WAREHOUSE_DATABASE: app.database.database,
      WAREHOUSE_USER: app.database.user,
      WAREHOUSE_TLS: 'off',
      SLUICE_SECRET_WAREHOUSE_PASSWORD: app.database.password,
    };
    const plan = (file: string) =>
      sluice(['plan', 'orders', '--folder', app.pipelinesFolder, '--out', file], { workingFolder: folder, env });
    const waits = await waiting();
    if (waits !== '') await as('bob', 'approvals', 'approve', waits, '--reason', 'as before');
    await app.land('landing', 'orders/d.csv', Buffer.from('id,name\n4,d\n'));
    const made = await plan('plan.json');
    expect(made).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^Wrote plan\.json \([0-9a-f]{12}\).*the source: 1 file; the target: \d columns\.\n$/),
    });
    const hash = /\(([0-9a-f]{12})\)/.exec(made.err)?.[1] ?? '';
    expect(await as('ann', 'apply', 'plan.json', '--hash', 'abcdef')).toMatchObject({ code: 2 });
    const applied = await as('ann', 'apply', 'plan.json', '--hash', hash);
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('Succeeded') as string });
    expect(await rows()).toContain(4);
    expect((await as('bob', 'apply', 'plan.json')).err).toContain('was started already by this plan');

    await app.land('landing', 'orders/e.csv', Buffer.from('id,name\n5,e\n'));
    expect((await plan('later.json')).code).toBe(0);
    await app.land('landing', 'orders/f.csv', Buffer.from('id,name\n6,f\n'));
    const drifted = await as('ann', 'apply', 'later.json');
    expect(drifted).toMatchObject({ code: 1, out: expect.stringContaining('plan-outdated') as string });
    expect(drifted.out).toContain('The source has not what the plan recorded: 1 file then, 2 files now.');
    expect(await rows()).not.toContain(5);

    const edited = JSON.parse(await readFile(path.join(folder, 'later.json'), 'utf8')) as object;
    await writeFile(path.join(folder, 'later.json'), JSON.stringify({ ...edited, slice: null }));
    expect(await as('ann', 'apply', 'later.json')).toMatchObject({
      code: 2,
      err: expect.stringContaining('was changed after it was made') as string,
    });
    expect((await plan('newest.json')).code).toBe(0);
    await change('id > 0', 'id > 2');
    await as('ann', 'versions', 'orders');
    await as('bob', 'approvals', 'approve', await waiting(), '--reason', 'agreed');
    expect(await as('ann', 'apply', 'newest.json')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Runs of orders use version \w+, and the plan was made with \w+\. \[plan-outdated\]/),
    });
    expect(await rows()).not.toContain(6);
  });

  test('a large release waits for somebody else, and loads no more than was looked at', async () => {
    await app.land('landing', 'strikes/a.csv', Buffer.from('id\n1\n2\n3\n4\n5\n6\n'));
    const { out } = await as('ann', 'run', 'strikes', '--json');
    const { runId } = JSON.parse(out) as { runId: string };
    const batch = `${runId}.strikes.transform.0.0`;
    const approve = (...rowIds: string[]) =>
      as('ann', 'quarantine', 'approve', batch, ...rowIds, '--waiver', 'they were seen');
    const loaded = async () =>
      (await app.database.query<{ id: number }>('SELECT id FROM sales.strikes ORDER BY id')).map(({ id }) => id);
    expect((await approve('0-3', '0-4')).code).toBe(0);
    const asked = await as('ann', 'quarantine', 'release', batch, '--reason', 'all right');
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('load 2 rows of strikes') as string });
    const first = await waiting();
    // One more was decided after it was asked for.
    await approve('0-5');
    const outdated = await as('bob', 'approvals', 'approve', first, '--reason', 'fine');
    expect(outdated).toMatchObject({ code: 1, out: expect.stringContaining('[approval-outdated]') as string });
    expect(await loaded()).toEqual([1, 2]);
    await as('ann', 'quarantine', 'release', batch);
    expect((await as('bob', 'approvals', 'approve', await waiting(), '--reason', 'fine')).code).toBe(0);
    for (const end = Date.now() + 60_000; (await loaded()).length < 5; await sleep(200)) {
      if (Date.now() > end) throw new Error(`The rows were not released:\n${await app.log()}`);
    }
    expect(await loaded()).toEqual([1, 2, 3, 4, 5]);
    // A single row needs nobody.
    for (const end = Date.now() + 60_000; ; await sleep(200)) {
      const answer = await fetch(`${app.baseUrl}/api/quarantine/${batch}`, {
        headers: { 'x-functions-key': KEYS.ann },
      });
      const { review } = (await answer.json()) as { review: { requested: object | null } };
      if (review.requested === null) break;
      if (Date.now() > end) throw new Error(`The release did not end:\n${await app.log()}`);
    }
    expect((await approve('0-6')).code).toBe(0);
    const alone = await as('ann', 'quarantine', 'release', batch, '--wait');
    expect(alone.out).not.toContain('Waits until');
    for (const end = Date.now() + 60_000; (await loaded()).length < 6; await sleep(200)) {
      if (Date.now() > end) throw new Error(`The row was not released:\n${alone.out}\n${alone.err}`);
    }
  });

  test('everything is paused and resumed by one command', async () => {
    expect((await as('ann', 'pause', '--all', '--reason', 'the warehouse moves')).out).toBe(
      'All pipelines are paused.\n',
    );
    expect(await as('ann', 'run')).toMatchObject({
      code: 1,
      err: expect.stringContaining('[pipeline-paused]') as string,
    });
    expect((await as('ann', 'resume', '--all')).out).toBe('The pause of all pipelines has ended.\n');
    expect((await as('ann', 'run', 'orders')).code).toBe(0);
  });
});
