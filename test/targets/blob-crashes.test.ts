import path from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { BlobTarget } from '../../src/connectors/targets/blob/blob-target';
import type { Manifest } from '../../src/connectors/targets/blob/manifest';
import { testStorage, uniqueName } from '../support/azurite';
import { cuttingProxy } from '../support/cutting-proxy';
import { configOf, loadAll, publish, stage, useTestEngine, type Load } from './target-contract';

const engine = useTestEngine();
const HOUR = 3_600_000;
const CONTAINER = uniqueName('blobcrashes');
const ONE = `SELECT 1 AS id, 'a' AS name`;
const TWO = `SELECT * FROM (VALUES (2, 'b'), (3, 'c')) v(id, name)`;
const place = { path: 'curated/orders' };

let connectionString = '';
let container: ContainerClient;
beforeAll(async () => {
  ({ connectionString } = await testStorage());
  container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(CONTAINER);
  await container.create();
});
afterEach(async () => {
  for await (const { name } of container.listBlobsFlat()) await container.deleteBlob(name);
});

const load = (runId: string, partitions: string[], more: Partial<Load> = {}): Load => ({
  runId, pipeline: 'p', table: '', place, partitions, verify: [{ rowCount: 'exact' }, { checksum: '*' }], ...more,
}); // prettier-ignore
const target = (now = () => Date.now(), through = container): BlobTarget =>
  new BlobTarget({
    container: through,
    connection: 'lake',
    targets: () => ({ p: configOf(load('', [])) }),
    now: () => new Date(now()).toISOString(),
    staleAfterMs: 0,
  });
const manifest = async (): Promise<Manifest> =>
  JSON.parse((await container.getBlobClient('curated/orders/_sluice/manifest.json').downloadToBuffer()).toString());
const dataFiles = async (): Promise<string[]> => {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: 'curated/orders/data/' })) names.push(name);
  return names;
};

/** The container behind a proxy that swallows answers. */
async function cutOff(cut: (request: string) => boolean) {
  const proxy = await cuttingProxy((await testStorage()).blobEndpoint, cut);
  const proxied = connectionString.replace(
    /BlobEndpoint=http:\/\/[^/]+/,
    `BlobEndpoint=http://127.0.0.1:${proxy.port}`,
  );
  return { ...proxy, container: BlobServiceClient.fromConnectionString(proxied).getContainerClient(CONTAINER) };
}

test('an answer that is lost after the manifest was written is a load that was published once', async () => {
  let left = 1;
  const isCommit = (request: string) =>
    request.startsWith('PUT ') && request.includes('/_sluice/manifest.json') && left-- > 0;
  const proxy = await cutOff(isCommit);
  try {
    const one = load('run-1', [ONE, TWO]);
    const staged = await stage(engine(), target(), one);
    expect(await publish(target(Date.now, proxy.container), one, staged)).toMatchObject({
      load: 1,
      rows: 3,
      alreadyPublished: false,
    });
    expect(proxy.cuts()).toBe(1);
    expect((await manifest()).loads).toHaveLength(1);
    expect((await manifest()).files.map(({ rows }) => rows)).toEqual([1, 2]);
  } finally {
    proxy.close();
  }
});

test('of two runs that were planned alike and publish at once, one is superseded', async () => {
  const runs = [load('run-1', [ONE]), load('run-2', [TWO])];
  const staged = [await stage(engine(), target(), runs[0]!), await stage(engine(), target(), runs[1]!)];
  const ends = await Promise.allSettled(runs.map((run, index) => publish(target(), run, staged[index]!)));
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'slice-superseded' } });
  expect((await manifest()).loads).toHaveLength(1);
});

test('a change of the manifest by others in between is kept', async () => {
  const one = load('run-1', [ONE]);
  const staged = await stage(engine(), target(), one);
  let asked = 0;
  const beforeCommit = async () => {
    asked += 1;
    // Maintenance marks what another run left, between the reading and the writing.
    if (asked > 1) return;
    await stage(engine(), target(), load('run-dead', [TWO]));
    await target().discardStaging('run-dead', 'p');
  };
  expect(await publish(target(), { ...one, beforeCommit }, staged)).toMatchObject({ load: 1, rows: 1 });
  expect(asked).toBe(2);
  expect(Object.keys((await manifest()).discarded)).toHaveLength(1);
});

test('an attempt to publish that wakes up after its staging was thrown away publishes nothing', async () => {
  const one = load('run-1', [ONE]);
  const staged = await stage(engine(), target(), one);
  const discard = () => target().discardStaging('run-1', 'p');
  await expect(publish(target(), { ...one, beforeCommit: discard }, staged)).rejects.toMatchObject({
    code: 'staging-lost',
  });
  expect(await target().ledgerSince('p', 0)).toEqual([]);
  expect(await dataFiles()).toEqual([]);
  // Staged again, it is published: only what stood before the mark is lost.
  await publish(target(), one, await stage(engine(), target(), one));
  expect((await manifest()).files).toHaveLength(1);
});

test('throwing staging away takes nothing of what was published', async () => {
  const one = load('run-1', [ONE]);
  await loadAll(engine(), target(), one);
  await target().discardStaging('run-1', 'p');
  await target().dropStaleStaging([]);
  const [file] = (await manifest()).files;
  expect(await dataFiles()).toEqual([`curated/orders/${file!.name}`]);
});

test('a staged file that somebody wrote over is found before the commit', async () => {
  const one = load('run-1', [TWO]);
  const staged = await stage(engine(), target(), one);
  await container.getBlockBlobClient((await dataFiles())[0]!).upload('other', 5);
  await expect(publish(target(), one, staged)).rejects.toMatchObject({ code: 'verification-failed' });
  expect(await target().describe(configOf(one))).toBeNull();
});

test('older generations stay for their time, and then their files go; what repeated stagings left goes at once', async () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const at = target(() => now);
  const kept = { ...place, keepGenerations: 2, keepFor: '24h' };
  const sweeper = new BlobTarget({
    container, connection: 'lake', staleAfterMs: 0, now: () => new Date(now).toISOString(),
    targets: () => ({ p: { connection: 'lake', writeDisposition: 'replace', ...kept } }),
  }); // prettier-ignore
  const replace = (number: number) =>
    load(`run-${number}`, [ONE], { writeDisposition: 'replace', place: kept, previous: number - 1 });
  await stage(engine(), at, replace(1));
  for (const number of [1, 2, 3]) await loadAll(engine(), at, replace(number));
  expect(await dataFiles()).toHaveLength(4);
  await sweeper.dropStaleStaging([]);
  expect(await dataFiles()).toHaveLength(3);
  now += 25 * HOUR;
  await sweeper.dropStaleStaging([]);
  const { files, retired } = await manifest();
  expect(files.map(({ load: number }) => number)).toEqual([3]);
  expect(retired.map(({ load: number, retiredBy }) => [number, retiredBy])).toEqual([[2, 3]]);
  expect(await dataFiles()).toHaveLength(2);
});

test('a merge puts its rows in place of whole folders, and keeps the others', async () => {
  const merge = (number: number, select: string) =>
    load(`run-${number}`, [select], {
      writeDisposition: 'merge', previous: number - 1, place: { ...place, partitionBy: ['name'] },
    }); // prettier-ignore
  await loadAll(
    engine(),
    target(),
    merge(1, `SELECT i AS id, CASE i % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' END AS name FROM range(9) r(i)`),
  );
  await loadAll(engine(), target(), merge(2, `SELECT * FROM (VALUES (100, 'a'), (101, NULL), (102, 'c')) v(id, name)`));
  await engine().use(async (session) => {
    const file = path.join(session.scratchFolder, 'back.parquet');
    await target().exportPublished(configOf(load('', [])), ['id', 'name'], file, session);
    expect(await session.rows(`SELECT name, list(id ORDER BY id)::VARCHAR AS ids FROM read_parquet('${file}') GROUP BY name ORDER BY name`)).toEqual([
      { name: 'a', ids: '[100]' }, { name: 'b', ids: '[1, 4, 7]' }, { name: 'c', ids: '[102]' }, { name: null, ids: '[101]' },
    ]); // prettier-ignore
  });
  expect((await manifest()).retired.map(({ retiredBy }) => retiredBy)).toEqual([2, 2]);
  const other = { ...merge(3, ONE), place: { ...place, partitionBy: ['id'] } };
  await expect(loadAll(engine(), target(), other)).rejects.toMatchObject({ code: 'target-schema-mismatch' });
});

test('the statement of the documentation reads the current generation', async () => {
  await loadAll(engine(), target(), load('run-1', [ONE]));
  await loadAll(engine(), target(), load('run-2', [TWO], { previous: 1 }));
  await stage(engine(), target(), load('run-3', [ONE]));
  await engine().use(async (session) => {
    const root = session.scratchFolder;
    const names = (await manifest()).files.map(({ name }) => name);
    for (const [index, name] of names.entries())
      await container.getBlobClient(`curated/orders/${name}`).downloadToFile(path.join(root, `${index}.parquet`));
    await container
      .getBlobClient('curated/orders/_sluice/manifest.json')
      .downloadToFile(path.join(root, 'manifest.json'));
    await session.run(
      `SET VARIABLE files = (SELECT list(f.name) FROM (SELECT unnest(files) AS f FROM read_json('${root}/manifest.json', maximum_object_size = 268435456)))`,
    );
    const [listed] = await session.rows<{ files: string }>(`SELECT to_json(getvariable('files'))::VARCHAR AS files`);
    expect(JSON.parse(listed!.files)).toEqual(names);
    const files = names.map((_, index) => `'${root}/${index}.parquet'`).join(', ');
    await session.run(`SET VARIABLE files = [${files}]`);
    expect(await session.rows(`SELECT id FROM read_parquet(getvariable('files')) ORDER BY id`)).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
  });
});
