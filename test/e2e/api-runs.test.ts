import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { cut } from '../support/demo-cuts';
import { sluice } from '../unit/cli/support/sluice';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** The HTTP API and the file triggers of a whole app, on the real storage and database. */
describe('the API of a running app', () => {
  let app: SluiceApp;
  const runsOf = async (pipeline: string): Promise<readonly RunRecord[]> =>
    (await app.request('GET', `/api/runs?pipeline=${pipeline}`)).json.runs;
  /** Waits until a file trigger has started a run, and until that has ended. */
  const startedBy = async (pipeline: string, count: number): Promise<RunRecord> => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
      const runs = await runsOf(pipeline);
      if (runs.length >= count) return app.ended(runs[0]!.runId);
    }
    throw new Error(`No run of ${pipeline} was started:\n${await app.log()}`);
  };

  beforeAll(async () => {
    const trigger = "trigger: { blob: { path: 'landing/airports/{name}.csv' } }\n\nsource:";
    app = await startSluiceApp({
      edit: { 'airports.yaml': (yaml) => yaml.replace('\nsource:', `\n${trigger}`) },
      env: { SLUICE_LOCAL_EVENT_GRID: 'landing=event-flights' },
    });
  });
  afterAll(() => app.stop());

  test('is healthy, and lists pipelines, breakers and no runs', async () => {
    const health = await app.request('GET', '/api/health');
    expect(health).toMatchObject({ status: 200, json: { status: 'healthy', environment: 'local' } });
    const { json } = await app.request('GET', '/api/pipelines');
    const names = (json.pipelines as { pipeline: string }[]).map(({ pipeline }) => pipeline);
    expect(names.toSorted()).toEqual(['airports', 'birdstrikes', 'flights']);
    expect(JSON.stringify(json)).not.toContain(app.database.password);
    const breakers = await app.request('GET', '/api/breakers');
    expect(breakers.json.breakers).toHaveLength(2);
    expect((await app.request('GET', '/api/runs')).json).toEqual({ runs: [], continuation: null, links: {} });
    expect((await app.request('GET', '/api/quarantine')).json).toEqual({ batches: [] });
  });

  test('refuses what it does not understand as a problem document', async () => {
    const unknown = await app.request('POST', '/api/runs', { pipelines: ['airport'] });
    expect(unknown).toMatchObject({ status: 422, json: { code: 'unknown-pipeline', fix: "Did you mean 'airports'?" } });
    expect(unknown.headers.get('content-type')).toBe('application/problem+json');
    expect(await app.request('POST', '/api/pipelines/airport/runs', {})).toMatchObject({ status: 404 });
    expect(await app.request('POST', '/api/runs', { all: true })).toMatchObject({ status: 400 });
    expect(await app.request('GET', '/api/runs/run-none')).toMatchObject({
      status: 404,
      json: { code: 'run-not-found' },
    });
    expect(await runsOf('airports')).toEqual([]);
  });

  test('a blob starts a run of its pipeline alone, a new version of it another', async () => {
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports LIMIT 100'));
    const first = await startedBy('airports', 1);
    expect(first).toMatchObject({
      status: 'Succeeded',
      trigger: { kind: 'blob', pipeline: 'airports', path: 'landing/airports/airports.csv' },
      counts: { read: 100 },
      pipelines: [{ pipeline: 'airports' }],
    });
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports'));
    expect(await startedBy('airports', 2)).toMatchObject({ status: 'Succeeded', counts: { read: 3376 } });
    expect(await runsOf('airports')).toHaveLength(2);
  });

  test('an event starts a run that knows the file only by its reference', async () => {
    await app.land('landing', 'flights/a.parquet', await cut('flights.parquet', 'FROM flights LIMIT 3000'));
    const run = await startedBy('flights', 1);
    expect(run.trigger).toMatchObject({ kind: 'event', pipeline: 'flights', path: 'landing/flights/a.parquet' });
    expect(run).toMatchObject({ status: 'Succeeded', pipelines: [{ pipeline: 'flights', balanced: true }] });
    // Event Grid delivers at least once.
    const { etag } = run.trigger as { etag: string };
    const again = await fetch(`${app.baseUrl}/runtime/webhooks/EventGrid?functionName=event-flights`, {
      method: 'POST',
      headers: { 'aeg-event-type': 'Notification', 'content-type': 'application/json' },
      body: JSON.stringify([
        {
          id: 'again',
          topic: '/',
          eventType: 'Microsoft.Storage.BlobCreated',
          eventTime: run.requestedAt,
          subject: '/blobServices/default/containers/landing/blobs/flights/a.parquet',
          data: { api: 'PutBlob', eTag: etag, url: 'http://x' },
          dataVersion: '',
          metadataVersion: '1',
        },
      ]),
    });
    expect(again.ok).toBe(true);
    expect(await app.log()).toContain('file-already-started-run');
    expect(await runsOf('flights')).toHaveLength(1);
  });

  test('a start answers with where to look, and the same idempotency key with the same run', async () => {
    await app.land(
      'landing',
      'birdstrikes/birdstrikes.csv',
      await cut('birdstrikes.csv', 'FROM birdstrikes LIMIT 500'),
    );
    const body = { idempotencyKey: 'nightly-1' };
    const first = await app.request('POST', '/api/pipelines/birdstrikes/runs', body);
    expect(first.status).toBe(202);
    expect(first.headers.get('retry-after')).toBe('2');
    expect(first.headers.get('location')).toBe(`/api/runs/${first.json.runId}`);
    const again = await app.request('POST', '/api/pipelines/birdstrikes/runs', body);
    expect(again.json).toMatchObject({ runId: first.json.runId, alreadyStarted: true });
    const run = await app.ended(first.json.runId);
    expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 500 } });
    expect(await app.request('POST', '/api/pipelines/birdstrikes/runs', body)).toMatchObject({
      json: { alreadyStarted: true },
    });
    expect(await runsOf('birdstrikes')).toHaveLength(1);
    const late = await app.request('POST', `/api/runs/${run.runId}/cancel`, {});
    expect(late).toMatchObject({ status: 409, json: { code: 'run-ended' } });
  });

  test('pages through the runs, newest first, and shows what is quarantined and how far was loaded', async () => {
    const first = await app.request('GET', '/api/runs?limit=3');
    const second = await app.request('GET', first.json.links.next);
    const all: RunRecord[] = [...first.json.runs, ...second.json.runs];
    expect(all).toHaveLength(4);
    expect(all.map(({ requestedAt }) => requestedAt)).toEqual(
      all
        .map(({ requestedAt }) => requestedAt)
        .toSorted()
        .toReversed(),
    );
    const flights = await app.request('GET', '/api/pipelines/flights');
    expect(flights.json).toMatchObject({ watermark: { load: expect.any(Number), files: 1 } });
    const { json } = await app.request('GET', '/api/quarantine?pipeline=birdstrikes');
    const quarantined = all.find(({ pipelines }) => pipelines[0]?.pipeline === 'birdstrikes')?.counts.quarantined;
    const rows = (json.batches as { rows: number }[]).map((batch) => batch.rows);
    expect(rows.reduce((sum, each) => sum + each, 0)).toBe(quarantined);
  });
  test('the command line starts and follows a run, and lists it', async () => {
    const world = { env: { SLUICE_PORT: new URL(app.baseUrl).port } };
    const { code, out, err } = await sluice(['run', 'airports'], world);
    expect([code, err]).toEqual([0, expect.stringContaining('airports      succeeded: already loaded') as string]);
    const id = /^Run (run-\w+): Succeeded/.exec(out)?.[1] ?? '';
    expect((await sluice(['runs', '--pipeline', 'airports'], world)).out).toContain(`${id}  Succeeded`);
    const unknown = await sluice(['run', 'airport'], world);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("Did you mean 'airports'?") as string });
  });
});

describe('cancelling a run', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    app = await startSluiceApp();
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports LIMIT 50'));
    await app.land('landing', 'birdstrikes/birdstrikes.csv', await cut('birdstrikes.csv', 'FROM birdstrikes LIMIT 50'));
  });
  afterAll(() => app.stop());

  test.each([false, true])(
    'ends it as cancelled with nothing loaded, and a new run loads all (force: %s)',
    async (force) => {
      const pipeline = force ? 'birdstrikes' : 'airports';
      const { json } = await app.request('POST', `/api/pipelines/${pipeline}/runs`, {});
      const cancelled = await app.request('POST', `/api/runs/${json.runId}/cancel`, { force, reason: 'wrong day' });
      expect(cancelled.status).toBe(202);
      const run = await app.ended(json.runId);
      expect(run).toMatchObject({ status: 'Cancelled', cancel: { reason: 'wrong day' } });
      const tables = await app.database.query(
        `SELECT 1 FROM pg_tables WHERE schemaname = 'aviation' AND tablename = $1`,
        [pipeline],
      );
      expect(tables).toEqual([]);
      const next = await app.ended(await app.start({ pipelines: [pipeline] }));
      expect(next).toMatchObject({ status: 'Succeeded', counts: { read: 50 } });
    },
  );
});
