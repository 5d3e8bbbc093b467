import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline as pump } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PipelineRunRecord } from '../../src/durable/contracts/run-record';
import { DEMO_FILES } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import type { BenchSection } from './bench-section';

/** What `pipelines/flights.yaml` says, written by hand as one DuckDB script. */
const TRANSFORM = `
  CREATE TABLE airports AS SELECT iata, any_value(state) AS state, any_value(city) AS city FROM read_csv('${DEMO_FILES.airports}', nullstr = 'NA') GROUP BY iata;
  CREATE TABLE checked AS
    SELECT f.date, CASE WHEN delay < -60 THEN NULL ELSE delay END::INTEGER AS delay, distance::INTEGER AS distance, origin, destination,
           date::DATE AS departed_on, origin || '-' || destination AS route, delay > 15 AS delayed,
           CASE WHEN delay IS NULL THEN 'unknown' WHEN delay <= 0 THEN 'on time' WHEN delay <= 15 THEN 'slight' WHEN delay <= 60 THEN 'late' ELSE 'very late' END AS delay_band,
           o.state AS origin_state, o.city AS origin_city, d.state AS destination_state, d.city AS destination_city,
           date IS NULL OR origin IS NULL OR destination IS NULL OR o.iata IS NULL OR d.iata IS NULL
             OR distance NOT BETWEEN 1 AND 10000 OR origin = destination AS bad
      FROM read_parquet('${DEMO_FILES.flights}') f
      LEFT JOIN airports o ON o.iata = origin LEFT JOIN airports d ON d.iata = destination
     WHERE distance > 0`;

/** The demo's flights pipeline beside bare DuckDB and a bare COPY of the same rows. */
export async function run(): Promise<BenchSection> {
  const app = await startSluiceApp();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-'));
  try {
    await app.land('landing', 'airports/airports.csv', DEMO_FILES.airports);
    await app.land('landing', 'flights/flights-3m.parquet', DEMO_FILES.flights);
    await app.ended(await app.start({ pipelines: ['airports'] }));
    const began = performance.now();
    const record = await app.ended(await app.start({ pipelines: ['flights'] }), 600);
    const wholeSeconds = (performance.now() - began) / 1000;
    const flights = record.pipelines[0];
    if (flights?.status !== 'Succeeded') throw new Error(`flights ended ${JSON.stringify(record)}`);
    const bare = await bareDuckDb(folder);
    const copy = await bareCopy(app, path.join(folder, 'good.csv'));
    if (bare.good !== flights.counts.loaded || copy.rows !== flights.counts.loaded) {
      throw new Error(`The peers differ: sluice ${flights.counts.loaded}, DuckDB ${bare.good}, COPY ${copy.rows}`);
    }
    return section(flights, wholeSeconds, bare.seconds, copy.seconds);
  } finally {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function section(flights: PipelineRunRecord, whole: number, bareSeconds: number, copySeconds: number): BenchSection {
  const { read } = flights.counts;
  const perSecond = (seconds: number): string => Math.round(read / seconds).toLocaleString('en');
  const row = (name: string, seconds: number, limit: number | null): string[] => [
    name,
    seconds.toFixed(1),
    perSecond(seconds),
    limit === null ? '' : (seconds / limit).toFixed(2),
  ];
  const seconds = (...names: string[]): number =>
    flights.steps
      .filter(({ step }) => names.includes(step))
      .reduce(
        (sum, { startedAt, endedAt }) => sum + (Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000,
        0,
      );
  return {
    title: 'The flights pipeline, step by step',
    intro: `3,000,000 flights from one Parquet file to PostgreSQL in ${flights.partitions} partitions, through the whole orchestration on the embedded host. The limit is bare DuckDB doing the same SQL in one process on the same file, and a bare COPY of the rows it made; all three give the same number of rows or the benchmark fails.`,
    columns: ['', 'seconds', 'rows per second', 'ratio to its limit'],
    rows: [
      ...flights.steps.map(({ step }) => row(step, seconds(step), null)),
      row('bare DuckDB, to Parquet', bareSeconds, null),
      row('bare COPY into an unlogged table', copySeconds, null),
      row('extract + transform + validate', seconds('extract', 'transform', 'validate'), bareSeconds),
      row('stage + publish', seconds('stage', 'publish'), copySeconds),
      row('the whole run, start to record', whole, bareSeconds + copySeconds),
    ],
    notes: [
      'Bare DuckDB and COPY have no artifacts, no quarantine with origins, no checksums, no ledger and no recovery: the ratio is the price of those, on one machine.',
      'Publishing copies the rows once more, inside PostgreSQL, so that they appear all at once.',
    ],
  };
}

async function bareDuckDb(folder: string): Promise<{ seconds: number; good: number }> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '1GB',
    threads: '2',
    temp_directory: folder,
  });
  const connection = await instance.connect();
  try {
    const began = performance.now();
    await connection.run(TRANSFORM);
    await connection.run(
      `COPY (SELECT * EXCLUDE (bad) FROM checked WHERE NOT bad) TO '${folder}/good.parquet' (FORMAT parquet, COMPRESSION zstd)`,
    );
    await connection.run(`COPY (FROM checked WHERE bad) TO '${folder}/bad.parquet' (FORMAT parquet, COMPRESSION zstd)`);
    const seconds = (performance.now() - began) / 1000;
    await connection.run(`COPY (FROM '${folder}/good.parquet') TO '${folder}/good.csv' (FORMAT csv, HEADER false)`);
    const [count] = (
      await connection.runAndReadAll(`SELECT count(*)::INT AS n FROM '${folder}/good.parquet'`)
    ).getRowObjectsJson();
    return { seconds, good: Number(count?.['n']) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function bareCopy(app: SluiceApp, file: string): Promise<{ seconds: number; rows: number }> {
  const client = new Client({ connectionString: app.database.connectionString });
  await client.connect();
  try {
    await client.query(
      `CREATE UNLOGGED TABLE bare (date timestamp, delay integer, distance integer, origin text, destination text, departed_on date, route text,
         delayed boolean, delay_band text, origin_state text, origin_city text, destination_state text, destination_city text)`,
    );
    const began = performance.now();
    const copy = client.query(copyFrom('COPY bare FROM STDIN (FORMAT csv)'));
    await pump(createReadStream(file, { highWaterMark: 1 << 20 }), copy);
    return { seconds: (performance.now() - began) / 1000, rows: copy.rowCount };
  } finally {
    await client.end();
  }
}
