import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { sluice } from '../unit/cli/support/sluice';

const DATA = path.join(__dirname, '../../node_modules/vega-datasets/data');
const PATIENCE_MS = 120_000;

/** Files of the real world, as they are. */
const FILES = [
  'airports.csv',
  'birdstrikes.csv',
  'github.csv',
  'iowa-electricity.csv',
  'la-riots.csv',
  'movies.json',
  'penguins.json',
  'seattle-weather.csv',
  'species.csv',
  'stocks.csv',
  'unemployment.tsv',
  'weather.csv',
];

/** What a newcomer does: profile a file, keep the proposal, run it. */
describe('the pipeline that sluice profile proposes', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  test.each(FILES)(
    'is valid, and loads %s: each row is in the table or in quarantine',
    async (file) => {
      const name = path.parse(file).name.replaceAll('-', '_');
      const folder = app.pipelinesFolder;
      const { code, out, err } = await sluice(['profile', path.join(DATA, file), '--yaml', '-f', folder]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      await app.writePipeline(name, out);
      await app.land(`${name}/${file}`, await readFile(path.join(DATA, file), 'utf8'));
      const run = await app.run(name);
      expect({ status: run.status, failure: run.pipelines[0]?.failure ?? null }).toEqual({
        status: 'Succeeded',
        failure: null,
      });
      const { read, loaded, quarantined } = run.counts;
      expect(loaded + quarantined).toBe(read);
      expect(quarantined).toBeLessThan(read * 0.05);
      const [table] = await app.database.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM mart.${name}`);
      expect(table?.rows).toBe(loaded);
    },
    PATIENCE_MS,
  );

  test(
    'profiles what connections reach, and the proposal reads it from there',
    async () => {
      const profile = async (place: string) => {
        const { code, out, err } = await sluice(['profile', place, '--json', '-f', app.pipelinesFolder], app);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        return JSON.parse(out) as { rows: number; columns: { name: string; reading: object }[]; pipeline: object };
      };
      await app.land('shops/a.csv', 'id,opened\n1,01.02.2024\n2,29.02.2024\n');
      await app.land('shops/b.csv', 'id,opened\n3,01.03.2024\n');
      const shops = await profile('landing:shops/*.csv');
      expect(shops).toMatchObject({
        rows: 3,
        columns: [{ reading: { type: 'integer' } }, { reading: { type: 'date', formats: ['%d.%m.%Y'] } }],
        pipeline: {
          pipeline: 'shops',
          source: { connection: 'landing', files: 'shops/*.csv', incremental: { by: 'file' } },
        },
      });
      await app.database.query('CREATE SCHEMA crm');
      await app.database.query(
        `CREATE TABLE crm.customers AS SELECT i AS id, 'c' || i || '@example.org' AS mail FROM generate_series(1, 50) i`,
      );
      const customers = await profile('warehouse:crm.customers');
      expect(customers).toMatchObject({
        rows: 50,
        columns: [{ reading: { type: 'integer' } }, { name: 'mail', personal: 'email' }],
        pipeline: { pipeline: 'customers', source: { connection: 'warehouse', table: 'crm.customers' } },
      });
      expect(JSON.stringify(customers)).not.toContain('c7@example.org');
    },
    PATIENCE_MS,
  );
});
