import path from 'node:path';
import { dataFolder, startHostProcess } from '../local/host/host-process';
import { runMixedLoad } from '../local/durable-task/mixed-load';

const APP = path.join(__dirname, '../local/fixtures/apps/durable');

test('every run completes although the host is killed a hundred times', async () => {
  const { folder, remove } = await dataFolder();
  const runs = 300;
  const startHost = () => startHostProcess({ app: APP, dataFolder: folder });
  const result = await runMixedLoad({ startHost, runs, kills: 100, seed: 4, longest: 1500 });
  await remove();
  expect(result.states).toEqual(Array.from({ length: runs }, () => 'Completed'));
  expect(result.said).toEqual(Array.from({ length: runs }, (_, n) => `mixed-${n}`));
  expect(result.total).toBe(runs);
}, 1_200_000);
