import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import type { BlobPolicy } from '../../../src/model/retention';
import { createArtifactStore } from '../../../src/state/artifact-store';
import { placeOf } from '../../../src/state/retain-blobs';
import type { ArtifactStore } from '../../../src/state/stores';
import { WorkContainer } from '../../../src/state/work-container';
import { testStorage, uniqueName } from '../../support/azurite';

const DAY_MS = 86_400_000;
const POLICY: BlobPolicy = {
  artifactsMs: 7 * DAY_MS,
  quarantineMs: 90 * DAY_MS,
  archive: { afterMs: 30 * DAY_MS, tier: 'cool' },
};
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const facts = { rows: 1, columns: [] };

/** A container whose deletions break off after some, as a process that dies does. */
class DyingContainer extends WorkContainer {
  left = Infinity;
  override blob(name: string): BlockBlobClient {
    const blob = super.blob(name);
    const remove = blob.delete.bind(blob);
    blob.delete = async (options) => {
      if (this.left === 0) throw new Error('The process died.');
      this.left -= 1;
      return remove(options);
    };
    return blob;
  }
}

let container: DyingContainer;
let artifacts: ArtifactStore;
let file: string;
beforeEach(async () => {
  const { connectionString } = await testStorage();
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(uniqueName('retain'));
  container = new DyingContainer(client);
  artifacts = createArtifactStore(container);
  file = path.join(await mkdtemp(path.join(os.tmpdir(), 'sluice-retain-')), 'a.parquet');
  await writeFile(file, 'rows');
});
const put = (runId: string, step: string, pipeline = 'orders') =>
  artifacts.putParquet(file, { runId, pipeline, step, partition: 0 }, facts);
const names = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { name } of container.client.listBlobsFlat()) found.push(name);
  return found.toSorted();
};
const retain = (now: string, more: Partial<Parameters<ArtifactStore['retain']>[0]> = {}) =>
  artifacts.retain({
    ...{ now, keepRuns: new Set<string>(), keepPaths: new Set<string>(), policyOf: () => POLICY, dryRun: false },
    ...more,
  });

test('by class and pipeline: a dry run tells what is then done, and runs in progress keep theirs', async () => {
  const kept = await put('run-active', 'transform');
  const old = await put('run-old', 'transform');
  const other = await put('run-old', 'transform', 'flights');
  const quarantine = await put('run-old', 'quarantine');
  const plan = await artifacts.putJson('plans', { p: 1 });
  const release = await artifacts.putNamed('pipelines/orders/releases/rel-1.parquet', file, facts);
  const request = {
    keepRuns: new Set(['run-active']),
    policyOf: (pipeline: string | null) => (pipeline === 'flights' ? { ...POLICY, artifactsMs: 20 * DAY_MS } : POLICY),
  };
  const before = await names();
  const dry = await retain(inDays(10), { ...request, dryRun: true });
  expect(await names()).toEqual(before);
  const done = await retain(inDays(10), request);
  expect(done.reports).toEqual(dry.reports);
  expect(done.reports).toEqual([
    { policy: 'releases', pipeline: 'orders', action: 'delete', count: 2, bytes: expect.any(Number) as number },
    { policy: 'artifacts', pipeline: 'orders', action: 'delete', count: 1, bytes: 4 },
  ]);
  expect(await names()).toEqual([kept.path, other.path, plan.path, quarantine.path].toSorted());
  expect(old.path === release.path).toBe(false);
  const classes = dry.inventory.classes.map(({ name, pipeline, count }) => `${name} ${pipeline ?? ''} ${count}`);
  expect(classes.toSorted()).toEqual([
    'artifacts flights 1',
    'artifacts orders 2',
    'plans  1',
    'quarantine orders 1',
    'releases orders 2',
  ]);
});

test('quarantined rows are moved to a cheaper tier once, can be read there, and are deleted at their time', async () => {
  const quarantine = await put('run-1', 'quarantine-2');
  expect((await retain(inDays(31))).reports).toMatchObject([{ policy: 'quarantine', action: 'archive', count: 1 }]);
  const { accessTier } = await container.blob(quarantine.path).getProperties();
  expect(accessTier).toBe('Cool');
  await artifacts.fetch(quarantine, path.dirname(file));
  expect((await retain(inDays(40))).reports).toEqual([]);
  expect((await retain(inDays(91))).reports).toMatchObject([{ policy: 'quarantine', action: 'delete', count: 1 }]);
  expect(await names()).toEqual([]);
});

test('rows that a cursor meets again: the newest ten and that of the watermark stay, with their notes', async () => {
  const seen = [];
  for (let run = 0; run < 13; run += 1) {
    seen.push(await artifacts.putNamed(`pipelines/orders/seen/run-${run}.parquet`, file, facts));
    // Times of blobs are whole seconds: the order of those within one is nobody's.
    if (run === 2) await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  const watermark = seen[0]!.path;
  expect((await retain(inDays(20), { keepPaths: new Set([watermark]) })).reports).toEqual([]);
  const { reports } = await retain(inDays(40), { keepPaths: new Set([watermark]) });
  expect(reports).toMatchObject([{ policy: 'seen', pipeline: 'orders', action: 'delete', count: 4 }]);
  const left = await names();
  expect(left).toHaveLength(22);
  expect(left).toContain(watermark);
  expect(left).toContain('pipelines/orders/seen/run-0.parquet.json');
});

test('contents of reference files that nobody has taken for long go; one that is taken again meanwhile stays', async () => {
  const content = Buffer.from('code\nDE\n');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const ref = { path: `references/${sha256}`, bytes: content.length, sha256 };
  await artifacts.putBytes(ref, content);
  expect((await retain(inDays(80))).reports).toEqual([]);
  expect((await retain(inDays(100), { keepPaths: new Set([ref.path]) })).reports).toEqual([]);
  // Between the look and the deletion a run takes it: its tag has changed.
  const blob = container.blob.bind(container);
  container.blob = (name) => {
    const client = blob(name);
    const remove = client.delete.bind(client);
    client.delete = async (options) => {
      await blob(name).setMetadata({ touched: 'yes' });
      return remove(options);
    };
    return client;
  };
  expect((await retain(inDays(100))).reports).toEqual([]);
  expect(await artifacts.has(ref)).toBe(true);
  container.blob = blob;
  expect((await retain(inDays(100))).reports).toMatchObject([{ policy: 'references', count: 1 }]);
});

test('broken off in the middle it is done again: nothing that is kept is gone, nothing old is left', async () => {
  const kept = await put('run-active', 'transform');
  for (let run = 0; run < 5; run += 1) await put(`run-${run}`, 'transform');
  const request = { keepRuns: new Set(['run-active']) };
  container.left = 2;
  await expect(retain(inDays(10), request)).rejects.toThrow();
  expect(await names()).toHaveLength(4);
  container.left = Infinity;
  expect((await retain(inDays(10), request)).reports).toMatchObject([{ policy: 'artifacts', count: 3 }]);
  expect(await names()).toEqual([kept.path]);
});

test.each([
  ['runs/run-1/orders/transform/0-ab.parquet', 'artifacts', 'orders', 'run-1'],
  ['runs/run-1/orders/quarantine/0-ab.parquet', 'quarantine', 'orders', 'run-1'],
  ['runs/run-1/orders/originals/0-ab.parquet', 'artifacts', 'orders', 'run-1'],
  ['pipelines/orders/seen/run-1.parquet.json', 'seen', 'orders', null],
  ['pipelines/orders/releases/rel-1.parquet', 'releases', 'orders', null],
  ['references/abc', 'references', null, null],
  ['records/abc.json', 'records', null, null],
  ['definitions/abc.json', 'others', null, null],
])('%s is of the class %s', (name, kind, pipeline, run) => {
  expect(placeOf(name)).toEqual({ name: kind, pipeline, run });
});
