import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetConfig } from '../../../config/schema/pipeline';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import { TargetValueError } from '../../../errors/target-value-error';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';
import { fileText, jsonLine, ROW_COLUMNS } from './file-text';
import { fileEnding, outputFormat, type OutputFormat } from './output-format';

/** A file that was written here, for one group of rows. */
export interface LocalFile {
  readonly file: string;
  readonly hive: Readonly<Record<string, string | null>>;
}

/** 256 MiB. */
const FILE_BYTES = 268_435_456;
/** Each group is a file at least: more of them are a column that is no partition column. */
const MOST_GROUPS = 1000;

/** Writes the rows of a local Parquet file as files of the target's format, one group after the other. Groups without rows have no file. */
export async function writeFiles(
  session: EngineSession,
  source: string,
  target: TargetConfig,
  columns: readonly Column[],
  connection: string,
): Promise<LocalFile[]> {
  const folder = join(session.scratchFolder, `files-${randomUUID()}`);
  await mkdir(folder);
  const format = outputFormat(target);
  const write = (relation: string, place: string): Promise<void> =>
    session.run(copySql(relation, place, columns, format, target.fileSize ?? FILE_BYTES));
  const { partitionBy = [] } = target;
  const order = `${SYSTEM_COLUMNS.file}, ${SYSTEM_COLUMNS.row}`;
  const rows = `read_parquet(${quoteLiteral(source)})`;
  if (partitionBy.length === 0) {
    const [counted] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${rows}`);
    if (Number(counted?.rows) === 0) return [];
    await write(`SELECT * FROM ${rows}`, join(folder, '0'));
    return filesOf(join(folder, '0'), {});
  }
  const keys = partitionBy.map((name) => keyOf(name, columns, connection));
  const sorted = join(folder, 'sorted.parquet');
  const names = partitionBy.map(quoteIdentifier).join(', ');
  // Sorted, so that each group is read from its own row groups only.
  await session.run(
    `COPY (SELECT * FROM ${rows} ORDER BY ${names}, ${order}) TO ${quoteLiteral(sorted)} (FORMAT parquet)`,
  );
  const relation = `read_parquet(${quoteLiteral(sorted)})`;
  const texts = keys.map((column, index) => `${fileText(column)} AS k${index}`).join(', ');
  const groups = await session.rows(`SELECT DISTINCT ${texts} FROM ${relation} ORDER BY ALL LIMIT ${MOST_GROUPS + 1}`);
  if (groups.length > MOST_GROUPS) {
    const message = `partitionBy ${partitionBy.join(', ')} makes more than ${MOST_GROUPS} folders of one partition of rows`;
    throw new TargetValueError(message, connection);
  }
  const written: LocalFile[] = [];
  for (const [index, group] of groups.entries()) {
    const hive = Object.fromEntries(partitionBy.map((name, k) => [name, (group[`k${k}`] ?? null) as string | null]));
    const match = keys.map((column) => `${fileText(column)} IS NOT DISTINCT FROM ${textLiteral(hive[column.name])}`);
    const place = join(folder, String(index));
    await write(`SELECT * FROM ${relation} WHERE ${match.join(' AND ')}`, place);
    written.push(...(await filesOf(place, hive)));
  }
  return written;
}

/** The statement that writes a relation as files of about so many bytes into a new folder. */
export function copySql(
  relation: string,
  folder: string,
  columns: readonly Column[],
  format: OutputFormat,
  fileBytes: number,
): string {
  const all = [...columns, ...ROW_COLUMNS];
  const names = all.map(({ name }) => quoteIdentifier(name));
  const to = `TO ${quoteLiteral(folder)}`;
  const common = `FILE_SIZE_BYTES ${fileBytes}, FILE_EXTENSION ${quoteLiteral(fileEnding(format).slice(1))}`;
  if (format.type === 'parquet') {
    const codec = format.compression === 'none' ? 'uncompressed' : format.compression;
    return `COPY (SELECT ${names.join(', ')} FROM (${relation})) ${to} (FORMAT parquet, COMPRESSION ${codec}, ${common})`;
  }
  const text = `FORMAT csv, COMPRESSION ${format.compression}, ${common}`;
  if (format.type === 'csv') {
    const items = all.map((column, index) => `${fileText(column)} AS ${names[index] ?? ''}`);
    return `COPY (SELECT ${items.join(', ')} FROM (${relation})) ${to} (${text}, HEADER true, NULLSTR '')`;
  }
  // No JSON text holds a control character as it is, so nothing is ever cut or quoted at this one.
  return `COPY (SELECT ${jsonLine(all)} AS line FROM (${relation})) ${to} (${text}, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001')`;
}

function keyOf(name: string, columns: readonly Column[], connection: string): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new TargetSchemaMismatchError(`partitionBy names ${name}, which the pipeline does not give`, connection);
}

function textLiteral(text: string | null | undefined): string {
  return text === null || text === undefined ? 'NULL' : quoteLiteral(text);
}

async function filesOf(folder: string, hive: LocalFile['hive']): Promise<LocalFile[]> {
  const names = await readdir(folder);
  return names
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => ({ file: join(folder, name), hive }));
}
