import promises from 'node:fs/promises';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FOLDER_SOURCE } from '../../src/connectors/capabilities';
import { FolderSource } from '../../src/connectors/sources/folder/folder-source';
import { query } from '../support/demo-cuts';
import {
  configOf,
  describeFileSource,
  extractAll,
  planned,
  useTestEngine,
  type SourceHarness,
} from './source-contract';

const engine = useTestEngine();
let root = '';
let harness: SourceHarness;

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-landing-'));
  harness = {
    source: new FolderSource({ folder: root, connection: 'landing' }),
    put: async (file, content) => {
      const place = path.join(root, file);
      await mkdir(path.dirname(place), { recursive: true });
      // As a careful sender does: the file appears whole, and a new version is another file.
      await writeFile(`${place}.part`, content);
      await rename(`${place}.part`, place);
    },
    remove: (file) => rm(path.join(root, file)),
    parquet: async (select, rowGroupSize = 100_000) => {
      const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'sluice-parquet-')), 'made.parquet');
      await query(`COPY (${select}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupSize})`);
      const bytes = await readFile(file);
      await rm(path.dirname(file), { recursive: true });
      return bytes;
    },
  };
});
afterAll(() => rm(root, { recursive: true, force: true }));

describeFileSource('folder', FOLDER_SOURCE, () => harness, engine);

describe('folder source', () => {
  it('fails with source-not-found when the folder is missing', async () => {
    const source = new FolderSource({ folder: path.join(root, 'nowhere'), connection: 'landing' });
    await expect(planned(engine(), source, configOf({ files: 'a.csv' }))).rejects.toMatchObject({
      code: 'source-not-found',
    });
    await expect(source.test()).rejects.toMatchObject({ code: 'source-not-found' });
  });

  it('follows no link out of the folder', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'sluice-outside-'));
    await writeFile(path.join(outside, 'secret.csv'), 'a\n1\n');
    await mkdir(path.join(root, 'links'));
    await symlink(path.join(outside, 'secret.csv'), path.join(root, 'links', 'file.csv'));
    await symlink(outside, path.join(root, 'links', 'folder'));
    await harness.put('links/own.csv', 'a\n2\n');
    const { rows } = await extractAll(engine(), harness.source, configOf({ files: 'links/**/*.csv' }));
    expect(rows.map(({ a }) => a)).toEqual(['2']);
    await rm(outside, { recursive: true });
  });

  it('looks no further than the pattern reaches, into nothing that it may not read', async () => {
    await harness.put('deep/a.csv', 'a\n1\n');
    await harness.put('deep/x/b.csv', 'a\n2\n');
    await harness.put('deep/x/y/c.csv', 'a\n3\n');
    const paths = async (files: string) => {
      const { slice } = await planned(engine(), harness.source, configOf({ files }));
      return slice.kind === 'files' ? slice.files.map((file) => file.path) : [];
    };
    const looked: string[] = [];
    const { readdir } = promises;
    const spy = jest.spyOn(promises, 'readdir').mockImplementation(((folder: string, ...rest: never[]) => {
      looked.push(path.relative(root, folder));
      return readdir(folder, ...rest);
    }) as never);
    try {
      expect(await paths('deep/a.csv')).toEqual(['deep/a.csv']);
      expect(await paths('deep/*.csv')).toEqual(['deep/a.csv']);
      expect(await paths('deep/*/*.csv')).toEqual(['deep/x/b.csv']);
      expect(looked.filter((folder) => folder.endsWith('y'))).toEqual([]);
      expect(await paths('deep/**/*.csv')).toEqual(['deep/a.csv', 'deep/x/b.csv', 'deep/x/y/c.csv']);
      expect(looked.filter((folder) => folder.endsWith('y'))).toHaveLength(1);
    } finally {
      spy.mockRestore();
    }
  });

  it('passes over files that go away while it looks', async () => {
    await harness.put('moving/a.csv', 'a\n1\n');
    await harness.put('moving/b.csv', 'a\n2\n');
    const { lstat } = promises;
    const spy = jest.spyOn(promises, 'lstat').mockImplementation((async (file: string, ...rest: never[]) => {
      if (file.endsWith('a.csv')) await rm(file, { force: true });
      return lstat(file, ...rest);
    }) as never);
    try {
      const { rows } = await extractAll(engine(), harness.source, configOf({ files: 'moving/*.csv' }));
      expect(rows.map(({ a }) => a)).toEqual(['2']);
    } finally {
      spy.mockRestore();
    }
  });

  it('reads the version that was planned to its end, though it is replaced meanwhile', async () => {
    await harness.put('v/a.csv', 'a\n1\n');
    const plan = await planned(engine(), harness.source, configOf({ files: 'v/a.csv' }));
    expect(plan.slice).toMatchObject({ files: [{ path: 'v/a.csv', bytes: 4 }] });
    await harness.put('v/a.csv', 'a\n2\n');
    const again = await planned(engine(), harness.source, configOf({ files: 'v/a.csv' }));
    const etag = (slice: typeof plan.slice) => (slice.kind === 'files' ? slice.files[0]?.etag : null);
    expect(etag(again.slice)).not.toBe(etag(plan.slice));
  });
});
