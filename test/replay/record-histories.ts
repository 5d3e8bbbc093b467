import { copyFile, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ORCHESTRATORS } from '../../src/durable/contracts/names';
import { ORCHESTRATION_VERSION } from '../../src/durable/contracts/version';
import { cut } from '../support/demo-cuts';
import { receivingServer } from '../support/receiving-server';
import { startSluiceApp } from '../support/sluice-app';

/*
 * Records the golden histories from real runs on the embedded host. Run it only for a new orchestration version, beside the
 * histories of the versions before, which stay:
 *   node_modules/.bin/jest --testMatch '<rootDir>/test/replay/record-histories.ts'
 */
const RECORDER = path.join(__dirname, '../support/durable/history-recorder.cjs');
interface Recorded {
  readonly name: string;
  readonly instanceId: string;
  readonly history: readonly { readonly Timestamp: string }[];
  readonly isDone: boolean;
}
const HISTORIES = path.join(__dirname, 'histories');

async function recordedIn(folder: string): Promise<Recorded[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(path.join(folder, name), 'utf8')) as Recorded),
  );
}

/** Writes instances in the order of their ids, and those that began anew in the order of their beginnings. */
async function keep(label: string, instances: readonly Recorded[]): Promise<void> {
  expect(instances.length).toBeGreaterThan(0);
  expect(instances.every(({ isDone }) => isDone)).toBe(true);
  const key = ({ instanceId, history }: Recorded): string => `${instanceId} ${history[0]?.Timestamp ?? ''}`;
  const text = instances
    .toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
    .map((instance) => JSON.stringify(instance))
    .join(',\n');
  await writeFile(path.join(HISTORIES, `${ORCHESTRATION_VERSION}-${label}.json`), `[\n${text}\n]\n`);
}

test('records runs', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-recording-'));
  const app = await startSluiceApp({
    edit: {
      // More partitions than slots, and hours in which it may begin: what a run does while it waits is recorded too.
      'airports.yaml': (yaml) => `${yaml}\nrunWindow: { from: '00:00', to: '23:59' }\npriority: high\n`,
      'flights.yaml': (yaml) => yaml.replace('targetRows: 300000', 'targetRows: 2048'),
      'birdstrikes.yaml': (yaml) =>
        yaml.replace(/\nverify:[\s\S]*?(?=\n\S|$)/, '') + '\nverify:\n  - sql: SELECT false\n',
    },
    env: { NODE_OPTIONS: `--require "${RECORDER}"`, SLUICE_RECORDING: folder, SLUICE_POOL_SLOTS: '2' },
  });
  try {
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports'));
    await app.land('landing', 'flights/flights-cut.parquet', await cut('flights.parquet', 'FROM flights LIMIT 6000'));
    await app.land('landing', 'birdstrikes/birdstrikes.csv', await cut('strikes.csv', 'FROM birdstrikes LIMIT 100'));
    const runs = {
      loads: await app.start({ pipelines: ['airports', 'flights'] }),
      'already-loaded': '',
      'fails-verification': '',
    };
    await app.ended(runs.loads);
    runs['already-loaded'] = await app.start({ pipelines: ['airports', 'flights'] });
    await app.ended(runs['already-loaded']);
    runs['fails-verification'] = await app.start({ pipelines: ['birdstrikes'] });
    await app.ended(runs['fails-verification']);
    const recorded = await recordedIn(folder);
    for (const [label, runId] of Object.entries(runs)) {
      await keep(
        label,
        recorded.filter(({ instanceId }) => instanceId === runId || instanceId.startsWith(`${runId}.`)),
      );
    }
  } finally {
    await app.stop();
  }
}, 180_000);

const BESIDE = {
  'strikes.yaml': `pipeline: strikes
source: { connection: landing, files: strikes/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }]
checks: [{ range: { column: id, max: 2 } }]
quarantine: { maxShare: 90% }
target: { connection: warehouse, table: mart.strikes, writeDisposition: append }
`,
  'events.yaml': `pipeline: events
source:
  connection: warehouse
  table: crm.events
  incremental: { by: column, column: at, start: '2024-02-01' }
target: { connection: warehouse, table: mart.events, writeDisposition: append }
`,
};

test('records a review, a backfill and an undo', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-recording-'));
  const pipelines = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
  const demo = path.join(__dirname, '../../pipelines/connections.yaml');
  await copyFile(demo, path.join(pipelines, 'connections.yaml'));
  for (const [name, yaml] of Object.entries(BESIDE)) await writeFile(path.join(pipelines, name), yaml);
  const app = await startSluiceApp({
    pipelines,
    env: { NODE_OPTIONS: `--require "${RECORDER}"`, SLUICE_RECORDING: folder },
  });
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await isDone()); await sleep(200)) {
      if (Date.now() > end) throw new Error('What is to be recorded did not come to its end');
    }
  };
  const get = async (url: string) => (await app.request('GET', url)).json;
  try {
    await app.land('landing', 'strikes/a.csv', Buffer.from('id\n1\n2\n3\n4\n'));
    const run = await app.ended(await app.start({ pipelines: ['strikes'] }));
    const batch = `/api/quarantine/${run.runId}.strikes.transform.0.0`;
    const decide = (decision: string, row: string) =>
      app.request('POST', `${batch}/decisions`, { decision, rows: [row], reason: 'for the recording' });
    await decide('approve', '0-3');
    await app.request('POST', `${batch}/release`, {});
    await until(async () => (await get(batch)).counts.released === 1);
    await decide('discard', '0-4');
    await until(async () => (await get(batch)).review.closedAt !== null);
    await app.database.query('CREATE SCHEMA crm');
    await app.database.query('CREATE TABLE crm.events (id int PRIMARY KEY, at timestamptz)');
    await app.database.query(
      `INSERT INTO crm.events SELECT i, timestamptz '2024-01-01Z' + i * interval '1 day' FROM generate_series(0, 9) i`,
    );
    const asked = { from: '2024-01-01T00:00Z', to: '2024-01-05T00:00Z', window: '2d', reason: 'for the recording' };
    const { json } = await app.request('POST', '/api/pipelines/events/backfills', asked);
    await until(async () => (await get(`/api/backfills/${json.id}`)).end !== null);
    await app.land('landing', 'strikes/b.csv', Buffer.from('id\n1\n'));
    const second = await app.ended(await app.start({ pipelines: ['strikes'] }));
    await app.request('POST', `/api/runs/${second.runId}/undo`, { reason: 'for the recording' });
    await until(async () => (await get(`/api/runs/${second.runId}`)).undo.end !== null);
    await until(async () => (await recordedIn(folder)).every(({ isDone }) => isDone));
  } finally {
    await app.stop();
  }
  const recorded = await recordedIn(folder);
  await keep(
    'reviews',
    recorded.filter(({ name }) => name === ORCHESTRATORS.review),
  );
  await keep(
    'undos',
    recorded.filter(({ name }) => name === ORCHESTRATORS.undo),
  );
  await keep(
    'backfills',
    recorded.filter(({ name }) => name === ORCHESTRATORS.backfill),
  );
}, 180_000);

test('records approvals', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-recording-'));
  const app = await startSluiceApp({
    edit: {
      'environments/local.yaml': (yaml) => `${yaml}\nguards: { approval: { for: [change], deadline: 10s } }\n`,
    },
    env: { NODE_OPTIONS: `--require "${RECORDER}"`, SLUICE_RECORDING: folder },
  });
  const until = async (state: string, count: number): Promise<string> => {
    for (const end = Date.now() + 60_000; ; await sleep(200)) {
      const { json } = await app.request('GET', `/api/approvals?state=${state}`);
      const approvals = json.approvals as { approval: string; end: object | null }[];
      if (approvals.length >= count && (state === 'waiting' || approvals.every(({ end: its }) => its !== null))) {
        return approvals[0]!.approval;
      }
      if (Date.now() > end) throw new Error(`No approval came to be ${state}:\n${await app.log()}`);
    }
  };
  const decide = async (id: string, decision: string): Promise<void> => {
    const { status } = await app.request('POST', `/api/approvals/${id}/decision`, { decision, reason: 'recorded' });
    expect(status).toBe(202);
  };
  const activate = async () => {
    const asked = await app.request('POST', '/api/pipelines/airports/versions/deployed/activate', {
      reason: 'recorded',
    });
    return asked.json.approval.approval as string;
  };
  try {
    await app.request('GET', '/api/pipelines');
    await decide(await until('waiting', 1), 'approve');
    await until('done', 1);
    const airports = path.join(app.pipelinesFolder, 'airports.yaml');
    await writeFile(airports, (await readFile(airports, 'utf8')).replace('min: 3', 'min: 2'));
    // Asked for by somebody who waits, taken back, and asked for again until it expires.
    await decide(await activate(), 'withdraw');
    await until('withdrawn', 1);
    await activate();
    await until('expired', 1);
    for (const end = Date.now() + 60_000; !(await recordedIn(folder)).every(({ isDone }) => isDone); await sleep(200)) {
      if (Date.now() > end) throw new Error('What is to be recorded did not come to its end');
    }
  } finally {
    await app.stop();
  }
  const recorded = await recordedIn(folder);
  await keep(
    'approvals',
    recorded.filter(({ name }) => name === ORCHESTRATORS.approval),
  );
}, 180_000);

test('records monitoring and an escalation', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-recording-'));
  const pipelines = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
  const demo = path.join(__dirname, '../../pipelines/connections.yaml');
  await copyFile(demo, path.join(pipelines, 'connections.yaml'));
  await writeFile(
    path.join(pipelines, 'strikes.yaml'),
    BESIDE['strikes.yaml'].replace('maxShare: 90%', 'maxShare: 0%'),
  );
  const server = await receivingServer({ plain: true });
  server.answer = ({ url }) => ({
    status: url === '/broken' ? 404 : url === '/busy' && server.received.length < 3 ? 503 : 200,
  });
  await writeFile(
    path.join(pipelines, 'alerts.yaml'),
    `channels:
  broken: { kind: webhook, url: '${server.url}/broken', otherwise: busy }
  busy: { kind: webhook, url: '${server.url}/busy' }
routes: [{ name: all, groupWait: 1s, ladder: [{ notify: [broken], wait: 1s }, { notify: [busy], action: pause }] }]
`,
  );
  const app = await startSluiceApp({
    pipelines,
    env: { NODE_OPTIONS: `--require "${RECORDER}"`, SLUICE_RECORDING: folder },
  });
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 90_000; !(await isDone()); await sleep(200)) {
      if (Date.now() > end) throw new Error('What is to be recorded did not come to its end');
    }
  };
  const round = () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    return fetch(`${app.baseUrl}/admin/functions/start-monitoring`, init);
  };
  try {
    await app.land('landing', 'strikes/a.csv', Buffer.from('id\n1\n4\n'));
    await app.ended(await app.start({ pipelines: ['strikes'] }));
    await round();
    const told = (): boolean => server.received.some(({ json }) => json.done.length > 0);
    await until(async () => told());
    const { alerts } = (await app.request('GET', '/api/alerts?state=open')).json;
    for (const { id } of alerts) await app.request('POST', `/api/alerts/${id}/acknowledge`, {});
    for (const { id } of alerts)
      await app.request('POST', `/api/alerts/${id}/resolve`, { reason: 'for the recording' });
    await until(async () => {
      const recorded = await recordedIn(folder);
      const closes = ({ name, history }: Recorded): boolean =>
        name === ORCHESTRATORS.escalation && JSON.stringify(history).includes('close-alert-group');
      return recorded.some(closes) && recorded.every(({ isDone }) => isDone);
    });
  } finally {
    await app.stop();
    await server.stop();
  }
  const recorded = await recordedIn(folder);
  for (const name of ['monitoring', 'escalation'] as const) {
    await keep(
      name,
      recorded.filter((instance) => instance.name === ORCHESTRATORS[name]),
    );
  }
}, 180_000);
