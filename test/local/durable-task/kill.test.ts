import path from 'node:path';
import { dataFolder, startHostProcess } from '../host/host-process';
import { runMixedLoad } from './mixed-load';

const APP = path.join(__dirname, '../fixtures/apps/durable');

test('every run completes although the host is killed ten times', async () => {
  const { folder, remove } = await dataFolder();
  const runs = 24;
  const startHost = () => startHostProcess({ app: APP, dataFolder: folder });
  const result = await runMixedLoad({ startHost, runs, kills: 10, seed: 20_241_124, longest: 700 });
  await remove();
  expect(result.states).toEqual(Array.from({ length: runs }, () => 'Completed'));
  expect(result.said).toEqual(Array.from({ length: runs }, (_, n) => `mixed-${n}`));
  // Each run adds one, and a call is delivered once however often the host dies.
  expect(result.total).toBe(runs);
}, 120_000);
