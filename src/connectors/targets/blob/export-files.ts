import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteLiteral } from '../../../engine/quote-literal';
import { SourceCountError } from '../../../errors/source-count-error';
import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import { inParallel } from '../../files/in-parallel';
import type { FolderStore } from './folder-store';
import type { PublishedFile } from './manifest';
import { readManifest } from './manifest-store';
import { fileEnding } from './output-format';
import { selectFiles, type FileGroup } from './read-files';

const READS_AT_ONCE = 8;

/** Copies columns of the current generation to a local Parquet file. Gives the rows. */
export async function exportFiles(
  store: FolderStore,
  path: string,
  wanted: readonly string[],
  file: string,
  engine: EngineSession,
  connection: string,
): Promise<number> {
  const { manifest } = await readManifest(store);
  if (manifest.columns === null)
    throw new TargetSchemaMismatchError(`${path} does not exist: nothing was published yet`, connection);
  const there = manifest.columns;
  const columns = wanted.map((name) => {
    const found = there.find((candidate) => candidate.name === name);
    if (found === undefined) throw new TargetSchemaMismatchError(`${path} has no column ${name}`, connection);
    return found;
  });
  const folder = join(engine.scratchFolder, `export-${randomUUID()}`);
  await mkdir(folder);
  try {
    const local = await inParallel(manifest.files, READS_AT_ONCE, async (published, index) => {
      const place = join(folder, `${index}${fileEnding(published.format)}`);
      await store.download(published.name, place);
      return place;
    });
    const select = selectFiles(groupsOf(manifest.files, local), columns);
    await engine.run(`COPY (${select}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`);
    const [counted] = await engine.rows<{ rows: bigint }>(
      `SELECT count(*) AS rows FROM read_parquet(${quoteLiteral(file)})`,
    );
    const rows = Number(counted?.rows ?? 0);
    const stated = manifest.files.reduce((sum, published) => sum + published.rows, 0);
    if (rows !== stated) throw new SourceCountError(`${path}: ${rows} rows were read of ${stated}`, connection);
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files that one query can read together. */
function groupsOf(files: readonly PublishedFile[], local: readonly string[]): FileGroup[] {
  const groups = new Map<string, { files: string[]; format: FileGroup['format']; columns: readonly string[] }>();
  files.forEach(({ format, columns }, index) => {
    const key = JSON.stringify([format, columns]);
    const group = groups.get(key) ?? { files: [], format, columns };
    group.files.push(local[index] ?? '');
    groups.set(key, group);
  });
  return [...groups.values()];
}
