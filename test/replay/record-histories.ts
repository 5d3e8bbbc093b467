import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ORCHESTRATION_VERSION } from '../../src/durable/contracts/version';
import { cut } from '../support/demo-cuts';
import { startSluiceApp } from '../support/sluice-app';

/*
 * Records the golden histories from real runs on the embedded host. Run it only for a new orchestration version, beside the
 * histories of the versions before, which stay:
 *   node_modules/.bin/jest --testMatch '<rootDir>/test/replay/record-histories.ts'
 */
const RECORDER = path.join(__dirname, '../support/durable/history-recorder.cjs');
interface Recorded {
  readonly instanceId: string;
  readonly isDone: boolean;
}
const HISTORIES = path.join(__dirname, 'histories');

test('records', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-recording-'));
  const app = await startSluiceApp({
    edit: {
      'flights.yaml': (yaml) => yaml.replace('targetRows: 300000', 'targetRows: 2048'),
      'birdstrikes.yaml': (yaml) =>
        yaml.replace(/\nverify:[\s\S]*?(?=\n\S|$)/, '') + '\nverify:\n  - sql: SELECT false\n',
    },
    env: { NODE_OPTIONS: `--require "${RECORDER}"`, SLUICE_RECORDING: folder },
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
    const recorded = await Promise.all(
      (await readdir(folder)).map(
        async (name) => JSON.parse(await readFile(path.join(folder, name), 'utf8')) as Recorded,
      ),
    );
    for (const [label, runId] of Object.entries(runs)) {
      const instances = recorded
        .filter(({ instanceId }) => instanceId === runId || instanceId.startsWith(`${runId}.`))
        .toSorted((one, other) => (one.instanceId < other.instanceId ? -1 : 1));
      expect(instances.every(({ isDone }) => isDone)).toBe(true);
      const text = instances.map((instance) => JSON.stringify(instance)).join(',\n');
      await writeFile(path.join(HISTORIES, `${ORCHESTRATION_VERSION}-${label}.json`), `[\n${text}\n]\n`);
    }
  } finally {
    await app.stop();
  }
}, 180_000);
