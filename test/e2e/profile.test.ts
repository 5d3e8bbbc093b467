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
});
