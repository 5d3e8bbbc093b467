import { Client } from 'pg';
import { createStores } from '../../src/state/create-stores';
import type { Stores } from '../../src/state/stores';
import { sluice } from '../unit/cli/support/sluice';
import { cut } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** Checks on the slice as a whole, in a running app: stored, served, and failing before anything is published. */
describe('checks of a running app', () => {
  let app: SluiceApp;
  let stores: Stores;
  const CHECKS = `checks:
  - sum: { column: latitude, min: 1 }
  - duplicates: { columns: [iata], max: 0 }
  - anomaly: { metric: rowCount, onFailure: fail }
  - anomaly: { metric: distinctCount, column: state }`;

  beforeAll(async () => {
    app = await startSluiceApp({ edit: { 'airports.yaml': (yaml) => yaml.replace('checks:', CHECKS) } });
    const env = { AzureWebJobsStorage: app.storage.connectionString };
    stores = createStores({ storageSetting: 'AzureWebJobsStorage', env });
  });
  afterAll(() => app.stop());

  const load = async (rows: number) => {
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', `FROM airports LIMIT ${rows}`));
    return app.ended(await app.start({ pipelines: ['airports'] }));
  };
  const loadedRows = async (): Promise<number> => {
    const client = new Client({ connectionString: app.database.connectionString });
    await client.connect();
    try {
      const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM aviation.airports');
      return rows[0]?.n ?? -1;
    } finally {
      await client.end();
    }
  };
  const recorded = async () => (await stores.metrics.last('airports', 'rowCount', 50)).map(({ value }) => value);
  const checksOf = async (runId: string) => (await app.request('GET', `/api/runs/${runId}/checks`)).json.pipelines[0];

  test('a first run learns, and what it published becomes history', async () => {
    const run = await load(100);
    expect(run).toMatchObject({ status: 'Succeeded', counts: { loaded: 100 } });
    const { verdict, checks } = await checksOf(run.runId);
    expect(verdict).toBe('passed');
    expect(checks).toMatchObject([
      { name: 'sum(latitude)', status: 'passed', evaluated: 100 },
      { name: 'duplicates(iata)', status: 'passed', failures: 0 },
      { name: 'anomaly(rowCount)', status: 'learning', figures: { value: 100, points: 0 } },
      { name: 'anomaly(distinctCount(state))', status: 'learning' },
      ...run.pipelines[0]!.checks.slice(4).map(({ name }) => ({ name })),
    ]);
    expect(await recorded()).toEqual([100]);
    expect(await stores.metrics.last('airports', 'distinctCount(state)', 50)).toMatchObject([{ runId: run.runId }]);
  });

  test('after seven published runs, an unusual one fails, with nothing published and nothing learnt', async () => {
    for (const [index, value] of [101, 99, 102, 98, 100, 103].entries()) {
      const at = `2026-01-0${index + 1}T02:00:00.000Z`;
      const before = { pipeline: 'airports', runId: `run-before-${index}`, at };
      await stores.metrics.record(before, [{ metric: 'rowCount', value, anomalous: false }]);
    }
    const run = await load(3000);
    expect(run.status).toBe('Failed');
    expect(run.pipelines[0]?.failure).toMatchObject({ code: 'checks-failed', class: 'business' });
    expect(run.pipelines[0]?.failure?.message).toContain('rowCount is 3000, unusually high');
    expect(await loadedRows()).toBe(100);
    expect(await recorded()).toHaveLength(7);
    const { status, verdict, checks } = await checksOf(run.runId);
    expect([status, verdict]).toEqual(['Failed', 'failed']);
    expect(checks[2]).toMatchObject({ status: 'failed', evaluated: 7, figures: { value: 3000, median: 100, mad: 1 } });
  });

  test('a usual one is published, and is in the series that the API and the command line give', async () => {
    const run = await load(101);
    expect(run.status).toBe('Succeeded');
    expect(await loadedRows()).toBe(101);
    expect((await recorded()).slice(0, 2)).toEqual([101, 100]);
    const { json } = await app.request('GET', '/api/pipelines/airports/checks?check=anomaly(rowCount)');
    expect(json.runs).toHaveLength(3);
    const points = json.trends[0].points as { status: string; value: number }[];
    expect(points.map(({ status, value }) => [status, value])).toEqual([
      ['passed', 101],
      ['failed', 3000],
      ['learning', 100],
    ]);
    const shown = await sluice(['checks', 'airports', '--url', `${app.baseUrl}/api`]);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/anomaly\(rowCount\) +\.Fl {2}101\n/);
    const unknown = await app.request('GET', '/api/pipelines/airport/checks');
    expect(unknown).toMatchObject({ status: 404, json: { code: 'unknown-pipeline' } });
  });
});
