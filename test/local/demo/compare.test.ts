import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compareWithRawFiles } from '../../../src/local/demo/compare';
import { REAL_FILES } from '../../../src/local/demo/real-files';
import { useTestDatabase } from '../../support/postgres';

describe('compareWithRawFiles', () => {
  const database = useTestDatabase();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-compare-'));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('counts and sums table and file, each with its own engine', async () => {
    const file = path.join(folder, "it's.csv");
    writeFileSync(file, 'n,cost\n1,"1,000"\n2,\n3,5\n');
    await database().query('CREATE SCHEMA s');
    await database().query('CREATE TABLE s.t AS SELECT * FROM (VALUES (1, 1000), (3, 5)) AS v (n, cost)');
    const comparison = {
      table: 's.t',
      read: 'read_csv(?, all_varchar = true)',
      measures: [
        {
          name: 'sum(cost)',
          postgres: 'sum(cost)',
          duckdb: `sum(nullif(replace(cost, ',', ''), '')::decimal(18, 2))`,
        },
      ],
    };
    const [compared] = await compareWithRawFiles(database().connectionString, [
      { pipeline: 'p', file, blob: '', comparison },
    ]);
    expect(compared?.measures).toEqual([
      { name: 'rows', postgres: '2', duckdb: '3' },
      { name: 'sum(cost)', postgres: '1005', duckdb: '1005.00' },
    ]);
  });

  it('reads all of each real file, and has no figures for a table that is not there', async () => {
    const compared = await compareWithRawFiles(database().connectionString, REAL_FILES);
    expect(compared.map(({ pipeline, measures }) => [pipeline, measures[0]])).toEqual([
      ['airports', { name: 'rows', postgres: null, duckdb: '3376' }],
      ['birdstrikes', { name: 'rows', postgres: null, duckdb: '10000' }],
      ['flights', { name: 'rows', postgres: null, duckdb: '3000000' }],
    ]);
    for (const { measures } of compared) {
      for (const { duckdb } of measures) expect(Number(duckdb)).not.toBe(0);
    }
  });
});
