import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { receivingServer, type Received, type ReceivingServer } from '../support/receiving-server';
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
owner: sales
tags: { layer: fact }
sla: { maxDuration: 1h, freshness: 1d }
source: { connection: landing, files: orders/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }]
checks: [{ notNull: { columns: [name], onFailure: fail } }]
target: { connection: warehouse, table: sales.orders, writeDisposition: append }
`;
/** In the order in which the host dies of them. */
const ACTIVITIES = ['scan-runs', 'dispatch-alerts', 'send-alert', 'channel-failed', 'act-on-alerts'];
const FAULTS = path.join(__dirname, '../support/durable/activity-faults.cjs');

/** Somebody is to be told at night, and the host dies again and again while it does so. */
describe('alerts on a whole app', () => {
  let app: SluiceApp;
  let server: ReceivingServer;
  let folder = '';
  const place = (name: string): string => path.join(folder, name);
  const world = () => ({ env: { SLUICE_PORT: new URL(app.baseUrl).port } });
  /** One round of monitoring; the host's own timer may come before, and its faults may end the host at once. */
  const round = async (): Promise<void> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    await fetch(`${app.baseUrl}/admin/functions/start-monitoring`, init).catch(() => undefined);
  };
  const until = async <T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (const end = Date.now() + 90_000; ; await sleep(100)) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end)
        throw new Error(`No ${what}; received ${JSON.stringify(server.received)}\n${await app.log()}`);
    }
  };
  /** From now on the host dies of it, once. */
  const arm = (activity: string): Promise<void> => rm(place(`${activity}.died`));
  /** Waits until the host has died of a fault, and starts it again, to die of the next. */
  const diesOf = async (activity: string, next?: string): Promise<void> => {
    await until(`death of ${activity}`, () => (existsSync(place(`${activity}.died`)) ? true : undefined));
    await app.kill();
    if (next !== undefined) await arm(next);
    await app.restart();
  };
  const message = (url: string, about: string): Received | undefined =>
    server.received.find((one) => one.url === url && one.json.about === about);

  beforeAll(async () => {
    server = await receivingServer({ plain: true });
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(place('connections.yaml'), CONNECTIONS);
    await writeFile(place('orders.yaml'), PIPELINE);
    await writeFile(
      place('alerts.yaml'),
      `channels:
  broken: { kind: webhook, url: '${server.url}/broken', otherwise: team }
  team: { kind: webhook, url: '${server.url}/team' }
  pager: { kind: webhook, url: '${server.url}/pager' }
routes:
  - name: facts
    match: { tags: { layer: fact } }
    groupWait: 1s
    ladder:
      - { notify: [broken], wait: 3s }
      - { notify: [pager], action: pause, wait: 1h }
acknowledge: { secret: '\${secret:alert-links}' }
`,
    );
    server.answer = ({ url }) => (url === '/broken' ? { status: 404 } : {});
    const faults = ACTIVITIES.map((activity) => {
      const when = activity === 'scan-runs' ? 'before' : 'after';
      return { activity, when, do: 'kill', file: place(`${activity}.died`) };
    });
    // What has happened does not happen again: nothing does before the test wants it.
    for (const { file } of faults) await writeFile(file, '');
    app = await startSluiceApp({
      pipelines: folder,
      env: {
        NODE_OPTIONS: `--require "${FAULTS}"`,
        SLUICE_FAULTS: JSON.stringify(faults),
        SLUICE_SECRET_ALERT_LINKS: 'a secret of at least 32 characters',
        SLUICE_PUBLIC_URL: 'https://sluice.example.com',
      },
    });
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('everybody is told once, level by level, though the host is killed after each step', async () => {
    await app.land('landing', 'orders/a.csv', Buffer.from('id,name\n1,\n'));
    const { runId, status } = await app.ended(await app.start({ pipelines: ['orders'] }));
    expect(status).toBe('Failed');
    await arm('scan-runs');
    await round();
    await diesOf('scan-runs', 'dispatch-alerts');
    await diesOf('dispatch-alerts', 'send-alert');
    // The message was taken, or refused, and nobody had written down that the activity is done.
    await diesOf('send-alert', 'channel-failed');
    await diesOf('channel-failed', 'act-on-alerts');
    const first = await until('message', () => message('/team', 'raised'));
    expect(first.json).toMatchObject({
      severity: 'error',
      environment: 'local',
      items: [{ state: 'open', data: 'Nothing was loaded: the target is as it was.' }, {}],
    });
    const said = JSON.stringify(first.json);
    expect(said).toContain(`https://sluice.example.com/api/dashboard#/runs/${runId}`);
    expect(said).toContain('https://sluice.example.com/api/dashboard#/runbooks/');
    await diesOf('act-on-alerts');
    const second = await until('second level', () => message('/pager', 'raised'));
    expect(second.json.done).toEqual(['orders was paused; sluice resume orders ends it']);
    const list = await sluice(['alerts', 'list', '--pipeline', 'orders'], world());
    expect(list.code).toBe(1);
    expect(list.out).toContain('orders failed');
    expect((await sluice(['run', 'orders'], world())).err).toContain('paused');
    // The other channel is an alert of its own, and was told of to nobody.
    const { alerts } = (await app.request('GET', '/api/alerts?kind=channel-failed')).json;
    expect(alerts).toMatchObject([{ code: 'broken', groups: {} }]);
  }, 240_000);

  test('the link of a message acknowledges, once, and what ends by itself is told to those who were told', async () => {
    const { acknowledgeUrl } = message('/pager', 'raised')!.json;
    const link = acknowledgeUrl.replace('https://sluice.example.com', app.baseUrl);
    const page = await fetch(link);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const open = async (): Promise<string[]> =>
      (await app.request('GET', '/api/alerts?pipeline=orders')).json.alerts.map(
        ({ state }: { state: string }) => state,
      );
    expect(await open()).toEqual(['open', 'open']);
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    expect(await open()).toEqual(['acknowledged', 'acknowledged']);
    expect((await fetch(link, { method: 'POST' })).status).toBe(410);

    await app.forget('landing', 'orders/a.csv');
    await app.land('landing', 'orders/b.csv', Buffer.from('id,name\n1,a\n'));
    expect((await sluice(['resume', 'orders'], world())).code).toBe(0);
    expect((await sluice(['run', 'orders'], world())).code).toBe(0);
    await round();
    await until('resolution', () => message('/team', 'resolved') && message('/pager', 'resolved'));
    expect(await open()).toEqual(['resolved', 'resolved']);
    const [{ id }] = (await app.request('GET', '/api/alerts?kind=run-failed')).json.alerts;
    const { timeline } = (await app.request('GET', `/api/alerts/${id}`)).json;
    const events = timeline.map(({ event, by }: { event: string; by: string }) => `${event} ${by}`);
    expect(events).toEqual(
      expect.arrayContaining([
        'raised sluice',
        'send-failed sluice',
        'sent team',
        'acted alerts',
        'sent pager',
        'acknowledged link:pager',
        'resolved sluice',
      ]),
    );
    // Of every message, whatever died, one arrived.
    const sent = server.received
      .filter(({ url }) => url !== '/broken')
      .map(({ headers }) => headers['idempotency-key']);
    expect(new Set(sent).size).toBe(sent.length);
    expect(sent).toHaveLength(4);
  }, 120_000);

  test('the same failure later is a new alert; the service level is kept', async () => {
    await app.land('landing', 'orders/c.csv', Buffer.from('id,name\n1,\n'));
    await app.ended(await app.start({ pipelines: ['orders'] }));
    await round();
    await until('new alert', async () => {
      const { alerts } = (await app.request('GET', '/api/alerts?kind=run-failed&state=open')).json;
      return alerts.length === 1 ? true : undefined;
    });
    const { slas } = (await app.request('GET', '/api/slas')).json;
    expect(slas).toMatchObject([
      {
        pipeline: 'orders',
        objectives: [
          { objective: 'freshness', state: 'met' },
          { objective: 'maxDuration', state: 'met' },
        ],
      },
    ]);
    // Service levels are judged after the runs are taken in.
    await until('verdict on each run', async () => {
      const { history } = (await app.request('GET', '/api/pipelines/orders/sla')).json;
      const ofRuns = history.filter(({ objective }: { objective: string }) => objective === 'maxDuration');
      return ofRuns.length === 3 ? true : undefined;
    });
    expect((await sluice(['sla', 'orders'], world())).out).toContain('maxDuration: met');
    expect((await sluice(['alerts', 'test', 'team'], world())).out).toBe('team took the message.\n');
    expect((await sluice(['alerts', 'test', 'broken'], world())).err).toContain('HTTP 404');
  }, 120_000);
});
