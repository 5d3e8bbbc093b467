import { StorageConflictError } from '../errors/storage-conflict-error';
import type { FileVersion, Watermark } from '../model/slice';
import { ascending, safeKey, sha256 } from './keys';
import type { WatermarkStore } from './stores';
import type { Entity, Keys, Properties, Table } from './table';

const ATTEMPTS = 8;
const HEAD = 'head';
/** Row keys of files begin with this, and end before the next letter. */
const FILES = { after: 'file:', below: 'file;' } as const;

/** A file as a load left it; a path may have rows of several loads, of which the newest up to the head's counts. */
interface FileRow {
  readonly keys: Keys;
  readonly load: number;
  readonly removed: boolean;
  readonly file: FileVersion;
}

/**
 * Watermarks in a table: a head row with the load, and a row for each file and load. File rows are written first and do
 * not count before the head moves, with If-Match, so that a reader never sees half a load.
 */
export class TableWatermarkStore implements WatermarkStore {
  constructor(private readonly table: Table) {}

  async get(pipeline: string): Promise<Watermark | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const head = await this.table.get(safeKey(pipeline), HEAD);
      if (head === null) return null;
      const rows = await this.fileRows(pipeline);
      // Old rows are cleared after the head moved: with the same head still there, none of its rows was missed.
      if ((await this.table.get(safeKey(pipeline), HEAD))?.etag === head.etag) return toWatermark(pipeline, head, rows);
    }
    throw new StorageConflictError(`reading the watermark of ${pipeline}`);
  }

  async advance(watermark: Watermark): Promise<void> {
    const { pipeline, load } = watermark;
    const partitionKey = safeKey(pipeline);
    const hash = sha256(
      JSON.stringify([watermark.value, watermark.definitionHash, sorted(watermark.files), watermark.seen ?? null]),
    );
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const head = await this.table.get(partitionKey, HEAD);
      const stands = head === null ? -1 : Number(head['load']);
      if (stands > load || (stands === load && head?.['hash'] === hash)) return;
      const rows = await this.fileRows(pipeline);
      await this.table.putAll(changes(partitionKey, load, watermark.files, current(rows, load)));
      const next = { partitionKey, rowKey: HEAD, load, hash, ...definedText(watermark) };
      const moved = head === null ? await this.table.insert(next) : await this.table.replace(next, head.etag);
      if (!moved) continue;
      await this.clear(await this.fileRows(pipeline), load);
      return;
    }
    throw new StorageConflictError(`advancing the watermark of ${pipeline}`);
  }

  private async fileRows(pipeline: string): Promise<FileRow[]> {
    const rows: FileRow[] = [];
    for await (const entity of this.table.rows(safeKey(pipeline), FILES)) rows.push(toFileRow(entity));
    return rows;
  }

  /** Takes away what newer rows up to the head replace. */
  private async clear(rows: readonly FileRow[], load: number): Promise<void> {
    const counting = newest(rows, load);
    const dead = rows.filter((row) => row.load <= load && (row.removed || counting.get(row.file.path) !== row));
    await this.table.removeAll(dead.map(({ keys }) => keys));
  }
}

/** By path, the newest row that is not newer than the load. */
function newest(rows: readonly FileRow[], load: number): Map<string, FileRow> {
  const found = new Map<string, FileRow>();
  for (const row of rows) {
    if (row.load <= load && row.load >= (found.get(row.file.path)?.load ?? -1)) found.set(row.file.path, row);
  }
  return found;
}

function current(rows: readonly FileRow[], load: number): Map<string, FileVersion> {
  const live = [...newest(rows, load)].filter(([, { removed }]) => !removed);
  return new Map(live.map(([path, { file }]) => [path, file]));
}

/** Rows for the files that are new or changed, and marks for those that are gone. */
function changes(
  partitionKey: string,
  load: number,
  files: readonly FileVersion[],
  before: ReadonlyMap<string, FileVersion>,
): (Keys & Properties)[] {
  const wanted = new Set(files.map(({ path }) => path));
  const row = (file: FileVersion, removed: boolean): Keys & Properties => ({
    partitionKey,
    rowKey: `${FILES.after}${sha256(file.path)}:${ascending(load)}`,
    path: file.path,
    // An entity's own ETag has the shorter name.
    etagOfFile: file.etag,
    bytes: file.bytes,
    modifiedAt: file.modifiedAt,
    load,
    removed,
  });
  return [
    ...files.filter((file) => !same(before.get(file.path), file)).map((file) => row(file, false)),
    ...[...before.values()].filter(({ path }) => !wanted.has(path)).map((file) => row(file, true)),
  ];
}

function same(a: FileVersion | undefined, b: FileVersion): boolean {
  return a?.etag === b.etag && a.bytes === b.bytes && a.modifiedAt === b.modifiedAt;
}

function toWatermark(pipeline: string, head: Entity, rows: readonly FileRow[]): Watermark {
  const load = Number(head['load']);
  const text = (name: string): string | null => (typeof head[name] === 'string' ? head[name] : null);
  const files = sorted([...current(rows, load).values()]);
  const seen = text('seen');
  return {
    pipeline,
    load,
    files,
    value: text('value'),
    definitionHash: text('definitionHash'),
    ...(seen !== null && { seen: JSON.parse(seen) as NonNullable<Watermark['seen']> }),
  };
}

function definedText({ value, definitionHash, seen }: Watermark): Properties {
  return { value, definitionHash, seen: seen ? JSON.stringify(seen) : null };
}

function sorted(files: readonly FileVersion[]): FileVersion[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function toFileRow(entity: Entity): FileRow {
  const { partitionKey, rowKey } = entity;
  return {
    keys: { partitionKey, rowKey },
    load: Number(entity['load']),
    removed: entity['removed'] === true,
    file: {
      path: String(entity['path']),
      etag: entity['etagOfFile'] as string,
      bytes: Number(entity['bytes']),
      modifiedAt: String(entity['modifiedAt']),
    },
  };
}
