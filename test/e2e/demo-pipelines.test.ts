import type { PipelineRunRecord, RunRecord } from '../../src/durable/contracts/run-record';
import { cut, query } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** The airport that the test takes out of the dimension, so that flights from and to it are orphans. */
const REMOVED = 'ORD';

/**
 * The demo's pipelines on small, altered cuts of the demo's files: an airport removed, distances of zero, duplicates
 * and flights from an airport to itself injected. What must come out is counted by DuckDB over the cuts alone.
 */
describe('the demo pipelines on altered cuts', () => {
  let app: SluiceApp;
  let run: RunRecord;
  let flightsFile: string;
  let birdstrikesFile: string;
  const of = (record: RunRecord, name: string): PipelineRunRecord =>
    record.pipelines.find(({ pipeline }) => pipeline === name) ?? fail(name);

  beforeAll(async () => {
    app = await startSluiceApp({
      edit: {
        'flights.yaml': (yaml) =>
          yaml
            .replace(
              '  - filter: distance > 0',
              '  - deduplicate: { keys: [date, delay, distance, origin, destination] }\n  - filter: distance > 0',
            )
            .replace('targetRows: 300000', 'targetRows: 2048')
            // The counts matter here, not the limits.
            .replace('maxShare: 10%', 'maxShare: 90%')
            .replace(', maxFailures: 1%', ''),
      },
    });
    flightsFile = await cut(
      'flights.parquet',
      `WITH numbered AS (SELECT *, row_number() OVER () AS n FROM (FROM flights LIMIT 20000)),
            altered AS (SELECT date, delay, CASE WHEN n % 500 = 0 THEN 0 ELSE distance END::BIGINT AS distance,
                               origin, CASE WHEN n % 900 = 0 THEN origin ELSE destination END AS destination, n
                          FROM numbered)
       SELECT * EXCLUDE (n) FROM altered
       UNION ALL SELECT * EXCLUDE (n) FROM altered
                  WHERE n % 400 = 0 AND distance > 0 AND origin <> destination AND '${REMOVED}' NOT IN (origin, destination)`,
    );
    birdstrikesFile = await cut('birdstrikes.csv', 'FROM birdstrikes LIMIT 3000');
    await app.land(
      'landing',
      'airports/airports.csv',
      await cut('airports.csv', `FROM airports WHERE iata <> '${REMOVED}'`),
    );
    await app.land('landing', 'flights/flights-cut.parquet', flightsFile);
    await app.land('landing', 'birdstrikes/birdstrikes.csv', birdstrikesFile);
    run = await app.ended(await app.start());
  });
  afterAll(() => app.stop());

  test('the run succeeds and every pipeline balances', () => {
    expect(run).toMatchObject({ status: 'Succeeded', failure: null });
    for (const pipeline of run.pipelines) {
      expect(pipeline).toMatchObject({ status: 'Succeeded', balanced: true, failure: null });
      const { read, generated, loaded, filtered, deduplicated, quarantined, collapsed } = pipeline.counts;
      expect(read + generated).toBe(loaded + filtered + deduplicated + quarantined + collapsed);
    }
  });

  test('flights are split into at least eight partitions that take every step', () => {
    const flights = of(run, 'flights');
    expect(flights.partitions).toBeGreaterThanOrEqual(8);
    for (const name of ['extract', 'transform', 'stage']) {
      const step = flights.steps.find(({ step: each }) => each === name);
      expect(step).toMatchObject({
        status: 'Succeeded',
        partitions: { total: flights.partitions, done: flights.partitions },
      });
    }
  });

  test('flights are counted as DuckDB counts them in the file', async () => {
    const [expected] = await query(
      `WITH kept AS (SELECT DISTINCT * FROM read_parquet('${flightsFile}')), positive AS (FROM kept WHERE distance > 0)
       SELECT (SELECT count(*) FROM read_parquet('${flightsFile}'))::INT AS read,
              (SELECT count(*) FROM read_parquet('${flightsFile}'))::INT - (SELECT count(*) FROM kept)::INT AS deduplicated,
              (SELECT count(*) FROM kept WHERE distance <= 0)::INT AS filtered,
              (SELECT count(*) FROM positive WHERE '${REMOVED}' IN (origin, destination) OR origin = destination)::INT AS quarantined,
              (SELECT count(*) FROM positive WHERE '${REMOVED}' NOT IN (origin, destination) AND origin <> destination)::INT AS loaded`,
    );
    expect(of(run, 'flights').counts).toEqual({ ...expected, generated: 0, collapsed: 0 });
  });

  test('each reason for quarantine has its exact number of rows', async () => {
    const [expected] = await query(
      `WITH positive AS (SELECT DISTINCT * FROM read_parquet('${flightsFile}') WHERE distance > 0)
       SELECT count(*) FILTER (origin = '${REMOVED}')::INT AS origins, count(*) FILTER (destination = '${REMOVED}')::INT AS destinations,
              count(*) FILTER (origin = destination)::INT AS circles FROM positive`,
    );
    const reasons = Object.fromEntries(of(run, 'flights').quarantineReasons.map(({ reason, rows }) => [reason, rows]));
    expect(reasons).toEqual({
      'relationships(origin)': expected?.['origins'],
      'relationships(destination)': expected?.['destinations'],
      'origin differs from destination': expected?.['circles'],
    });
  });

  test('PostgreSQL holds what the file holds', async () => {
    const [target] = await app.database.query(
      `SELECT count(*)::int AS rows, sum(distance)::text AS distance, sum(delay)::text AS delay, count(DISTINCT (_sluice_file, _sluice_row))::int AS origins
         FROM aviation.flights`,
    );
    const [source] = await query(
      `SELECT count(*)::INT AS rows, sum(distance)::VARCHAR AS distance, sum(delay)::VARCHAR AS delay, count(*)::INT AS origins
         FROM (SELECT DISTINCT * FROM read_parquet('${flightsFile}') WHERE distance > 0)
        WHERE '${REMOVED}' NOT IN (origin, destination) AND origin <> destination`,
    );
    expect(target).toEqual(source);
  });

  test('dirty birdstrikes are typed, and costs are money', async () => {
    const [target] = await app.database.query(
      `SELECT count(*)::int AS rows, sum(cost_total)::numeric(20,2)::text AS cost, count(speed_knots)::int AS speeds FROM aviation.birdstrikes`,
    );
    const { counts } = of(run, 'birdstrikes');
    expect(counts.read).toBe(3000);
    expect(target).toMatchObject({ rows: counts.loaded });
    const [costs] = await query(
      `SELECT sum(replace(replace("Cost Total $", ',', ''), '$', '')::DECIMAL(12,2))::VARCHAR AS cost FROM read_csv('${birdstrikesFile}', all_varchar = true)`,
    );
    expect(counts.quarantined === 0 ? target : { cost: costs?.['cost'] }).toMatchObject({ cost: costs?.['cost'] });
  });

  test('a quarantined row can be traced to its file and row', async () => {
    const { json } = await app.request('GET', `/api/quarantine?pipeline=flights`);
    const batches = (json as { batches: { rows: number }[] }).batches;
    expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(of(run, 'flights').counts.quarantined);
  });

  test('a second run loads nothing twice and says why', async () => {
    const before = await app.database.query('SELECT count(*)::int AS rows FROM aviation.flights');
    const again = await app.ended(await app.start());
    expect(again.status).toBe('Succeeded');
    for (const pipeline of again.pipelines) {
      expect(pipeline.reason).toMatch(/already loaded/);
      expect(pipeline.counts.loaded).toBe(0);
    }
    expect(await app.database.query('SELECT count(*)::int AS rows FROM aviation.flights')).toEqual(before);
  });

  test('a new file is loaded beside the old one', async () => {
    await app.land(
      'landing',
      'flights/flights-more.parquet',
      await cut('more.parquet', 'FROM flights LIMIT 500 OFFSET 50000'),
    );
    const more = await app.ended(await app.start({ pipelines: ['flights'] }));
    expect(more.status).toBe('Succeeded');
    expect(of(more, 'flights').counts.read).toBe(500);
    const loads = await app.database.query('SELECT count(DISTINCT _sluice_load)::int AS loads FROM aviation.flights');
    expect(loads).toEqual([{ loads: 2 }]);
  });
});

function fail(name: string): never {
  throw new Error(`The run has no pipeline ${name}.`);
}
