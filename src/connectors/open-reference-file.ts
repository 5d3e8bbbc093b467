import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FormatConfig, SourceConfig } from '../config/schema/source';
import { duckdbType } from '../engine/duckdb-type';
import type { EngineSession } from '../engine/engine-session';
import { quoteIdentifier } from '../engine/quote-identifier';
import { quoteLiteral } from '../engine/quote-literal';
import { ReferenceFileInvalidError } from '../errors/reference-file-invalid-error';
import { SluiceError } from '../errors/sluice-error';
import { SYSTEM_COLUMNS, type Column } from '../model/column';
import type { ReferenceFile } from '../model/reference-file';
import type { SourceRelation } from '../steps/extract/source';
import { copyToParquet } from '../steps/transform/copy-to-parquet';
import { findColumn } from '../steps/transform/find-column';
import { castSql, normalType, plainCast } from '../steps/transform/strict-cast';
import { FOLDER_SOURCE } from './capabilities';
import { FileSource } from './files/file-source';
import { MemoryFile } from './memory-file';

/** A reference file as a local Parquet file with all of its columns, in the order of its rows. */
export interface ReferenceParquet {
  readonly file: string;
  readonly columns: readonly Column[];
}

/**
 * Reads a reference file with the readers of sources, and casts the declared columns strictly. Nothing is kept aside: a row that
 * is malformed or cannot be cast is an error, because every row that looks it up would be wrong.
 * @throws {ReferenceFileInvalidError} naming the first such row.
 */
export async function openReferenceFile(
  reference: ReferenceFile,
  content: Buffer,
  session: EngineSession,
): Promise<ReferenceParquet> {
  const { columns, relation } = await openFile(reference, content, session);
  const raw = join(session.scratchFolder, `reference-${randomUUID()}.parquet`);
  await explained(reference, () => copyToParquet(session, ordered(relation.selectSql), raw, 'lz4'));
  await refuseRejects(reference, relation.rejectsSql, session);
  const typed = castColumns(reference, columns);
  const file = join(session.scratchFolder, `reference-${randomUUID()}.parquet`);
  await refuseBadValues(reference, raw, typed, session);
  const items = typed.map(({ column, sql }) => `${sql} AS ${quoteIdentifier(column.name)}`);
  await copyToParquet(
    session,
    `SELECT ${items.join(', ')} FROM read_parquet(${quoteLiteral(raw)}) ORDER BY ${SYSTEM_COLUMNS.row}`,
    file,
  );
  return { file, columns: typed.map(({ column }) => column) };
}

async function openFile(
  reference: ReferenceFile,
  content: Buffer,
  session: EngineSession,
): Promise<{ readonly columns: readonly Column[]; readonly relation: SourceRelation }> {
  const source = new FileSource({
    kind: 'folder',
    capabilities: FOLDER_SOURCE,
    store: new MemoryFile(reference.file, content),
    connection: 'reference files',
  });
  const config = sourceConfigOf(reference);
  return explained(reference, async () => {
    const plan = await source.plan({
      config,
      writeDisposition: 'replace',
      definitionHash: '',
      watermark: null,
      session,
    });
    const partition = plan.outcome === 'planned' ? plan.partitions[0] : undefined;
    if (plan.outcome !== 'planned' || partition === undefined)
      throw new ReferenceFileInvalidError(reference.file, 'it holds nothing');
    return { columns: plan.columns, relation: await source.open(partition, config, session) };
  });
}

/** The file as a source of one partition; its columns are what it has. */
function sourceConfigOf({ file, delimiter, nullTokens }: ReferenceFile): SourceConfig {
  const csv: FormatConfig = {
    type: 'csv',
    delimiter: delimiter ?? ',',
    quote: '"',
    header: true,
    encoding: 'utf-8',
    multiline: true,
    compression: 'none',
    nullTokens: [...(nullTokens ?? [])],
  };
  return {
    connection: 'reference-files',
    files: file,
    ...(file.endsWith('.csv') && { format: csv }),
    schema: { tables: 'evolve', columns: 'evolve', types: 'freeze' },
    consistency: 'partition',
    partitions: { method: 'range', min: 1, max: 1 },
  };
}

function ordered(sql: string): string {
  return `SELECT * FROM (${sql}) ORDER BY ${SYSTEM_COLUMNS.row}`;
}

/** What the readers say is about a source and its connection; here it is about the file. */
async function explained<T>(reference: ReferenceFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.class !== 'persistent' || error instanceof ReferenceFileInvalidError)
      throw error;
    throw new ReferenceFileInvalidError(reference.file, error.message, error);
  }
}

async function refuseRejects({ file }: ReferenceFile, sql: string | null, session: EngineSession): Promise<void> {
  if (sql === null) return;
  const [first] = await session.rows<{ row: bigint; reason: string }>(
    `SELECT ${SYSTEM_COLUMNS.row}::BIGINT AS row, reason FROM (${sql}) ORDER BY 1 LIMIT 1`,
  );
  if (first !== undefined) throw new ReferenceFileInvalidError(file, `row ${first.row} is bad: ${first.reason}`);
}

interface TypedColumn {
  readonly column: Column;
  readonly sql: string;
  readonly isCast: boolean;
}

function castColumns({ file, columns: declared = {} }: ReferenceFile, columns: readonly Column[]): TypedColumn[] {
  const unknown = Object.keys(declared).find((name) => findColumn(columns, name) === undefined);
  if (unknown !== undefined) {
    const names = columns.map(({ name }) => name).join(', ');
    throw new ReferenceFileInvalidError(file, `there is no column '${unknown}' in it; it has ${names.slice(0, 1000)}`);
  }
  const types = new Map(Object.entries(declared).map(([name, type]) => [name.toLowerCase(), normalType(type)]));
  return columns.map((column) => {
    const type = types.get(column.name.toLowerCase());
    const value = quoteIdentifier(column.name);
    if (type === undefined || type === column.type) return { column, sql: value, isCast: false };
    const cast = castSql(value, column.type, plainCast(type));
    if (cast === null) throw new ReferenceFileInvalidError(file, `'${column.name}' is ${column.type}, never ${type}`);
    return { column: { ...column, type }, sql: `CAST(${cast} AS ${duckdbType(type)})`, isCast: true };
  });
}

async function refuseBadValues(
  { file }: ReferenceFile,
  raw: string,
  columns: readonly TypedColumn[],
  session: EngineSession,
): Promise<void> {
  for (const { column, sql, isCast } of columns) {
    if (!isCast) continue;
    const [found] = await session.rows<{ row: bigint | null }>(
      `SELECT min(${SYSTEM_COLUMNS.row})::BIGINT AS row FROM read_parquet(${quoteLiteral(raw)}) ` +
        `WHERE ${quoteIdentifier(column.name)} IS NOT NULL AND ${sql} IS NULL`,
    );
    if (found === undefined || found.row === null) continue;
    throw new ReferenceFileInvalidError(file, `row ${found.row}: the value of '${column.name}' is no ${column.type}`);
  }
}
