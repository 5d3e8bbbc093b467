import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatConfig, SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { EngineDiskFullError } from '../../errors/engine-disk-full-error';
import { EngineError } from '../../errors/engine-error';
import { reasonOf } from '../../errors/reason-of';
import { UnreadableFileError } from '../../errors/unreadable-file-error';
import type { SourceRelation } from '../../steps/extract/source';
import { jsonRelation } from '../json-relation';
import type { FileStore } from './file-store';
import { LineScanner } from './line-scanner';
import type { FilePartitionSpec, PlannedFile } from './partition-spec';
import { lineSizeOption, RecordSink } from './record-sink';
import { RejectFile } from './reject-file';
import { compressionOf } from './resolve-format';
import { fileChunks } from './text-chunks';

type Json = Extract<FormatConfig, { type: 'json' | 'ndjson' }>;

/** A relation (f, n, raw) of JSON texts, not yet looked into. */
interface RawJson {
  readonly relations: readonly string[];
  /** Texts in the relations and rejects together; null when only reading tells. */
  readonly rows: number | null;
  readonly rejects: RejectFile;
}

/**
 * Brings JSON near the engine: one object a line (`ndjson`), or arrays and objects one after the other (`json`). Every planned
 * column is a key at the top, as text; nested values are JSON texts. What is no object becomes a reject.
 */
export async function openJson(
  spec: FilePartitionSpec,
  config: SourceConfig,
  format: Json,
  store: FileStore,
  session: EngineSession,
  connection: string,
): Promise<SourceRelation> {
  const raw = format.type === 'ndjson' ? await readLines(spec, format, store, session) : null;
  const { relations, rows, rejects } = raw ?? (await readDocuments(spec, format, store, session));
  const texts = relations.join(' UNION ALL ');
  const { selectSql, rejectsSql } = await jsonRelation({
    texts,
    columns: spec.columns,
    policy: config.schema.columns,
    label: (index) => spec.files.find((file) => file.index === index)?.path ?? '',
    session,
    connection,
  });
  return {
    selectSql,
    rejectsSql: rejects.rows > 0 ? `${rejectsSql} UNION ALL ${rejects.selectSql()}` : rejectsSql,
    statedRows: rows,
  };
}

async function readLines(
  spec: FilePartitionSpec,
  format: Json,
  store: FileStore,
  session: EngineSession,
): Promise<RawJson> {
  const rejects = await RejectFile.create(session);
  const files: string[] = [];
  let rows = 0;
  let longest = 0;
  try {
    for (const file of spec.files) {
      const local = join(session.scratchFolder, `file-${file.index}.lines`);
      const scanned = await scanLines(file, local, format, store, rejects);
      rows += scanned.rows;
      longest = Math.max(longest, scanned.longest);
      files.push(quoteLiteral(local));
    }
  } finally {
    await rejects.close();
  }
  const relation =
    `SELECT * FROM read_csv([${files.join(', ')}], auto_detect = false, header = false, delim = '\x1f', quote = '', ` +
    `escape = '', new_line = '\\n', comment = '', strict_mode = true, ${lineSizeOption(longest)}` +
    `columns = {'f': 'INTEGER', 'n': 'BIGINT', 'raw': 'VARCHAR'})`;
  return { relations: [relation], rows, rejects };
}

async function scanLines(
  file: PlannedFile,
  local: string,
  format: Json,
  store: FileStore,
  rejects: RejectFile,
): Promise<{ rows: number; longest: number }> {
  const handle = await open(local, 'w');
  const sink = new RecordSink(handle);
  const first = file.lines?.from ?? 0;
  const scanner = new LineScanner({
    row: (row, line) => {
      sink.text(`${file.index}\x1f${first + row}\x1f`);
      sink.bytes(line);
      sink.text('\n');
    },
    reject: (row, reason, raw) => rejects.add(file.index, first + row, reason, raw),
  });
  try {
    const coding = { compression: compressionOf(file.path, format), encoding: 'utf-8' } as const;
    for await (const chunk of fileChunks(file, coding, store)) {
      scanner.push(chunk);
      await sink.drain();
      await rejects.drain();
    }
    scanner.end();
    await sink.drain();
  } finally {
    await handle.close();
  }
  return { rows: scanner.rows, longest: sink.longest };
}

async function readDocuments(
  spec: FilePartitionSpec,
  format: Json,
  store: FileStore,
  session: EngineSession,
): Promise<RawJson> {
  const rejects = await RejectFile.create(session);
  await rejects.close();
  const relations: string[] = [];
  let rows = 0;
  for (const file of spec.files) {
    const local = join(session.scratchFolder, `file-${file.index}.json`);
    await saveText(file, local, format, store);
    const texts = join(session.scratchFolder, `texts-${file.index}.parquet`);
    // Numbered once and kept, so that rows and rejects agree about numbers.
    try {
      await session.run(
        `COPY (SELECT ${file.index}::INTEGER AS f, row_number() OVER ()::BIGINT AS n, json::VARCHAR AS raw
         FROM read_json_objects(${quoteLiteral(local)}, format = 'auto')) TO ${quoteLiteral(texts)} (FORMAT parquet)`,
      );
    } catch (error) {
      if (!(error instanceof EngineError) || error instanceof EngineDiskFullError) throw error;
      throw new UnreadableFileError(
        `${file.path} cannot be read as JSON: ${reasonOf(error).replaceAll(local, file.path)}`,
        error,
      );
    }
    const counted = await session.rows<{ rows: bigint }>(
      `SELECT count(*) AS rows FROM read_parquet(${quoteLiteral(texts)})`,
    );
    rows += Number(counted[0]?.rows ?? 0);
    relations.push(`SELECT f, n, raw FROM read_parquet(${quoteLiteral(texts)})`);
  }
  return { relations, rows, rejects };
}

async function saveText(file: PlannedFile, local: string, format: Json, store: FileStore): Promise<void> {
  const handle = await open(local, 'w');
  try {
    const coding = { compression: compressionOf(file.path, format), encoding: 'utf-8' } as const;
    for await (const chunk of fileChunks(file, coding, store)) {
      await handle.write(chunk);
    }
  } finally {
    await handle.close();
  }
}
