import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SourceSchemaError } from '../../errors/source-schema-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import type { SourceRelation } from '../../steps/extract/source';
import type { FileStore } from './file-store';
import { CsvScanner } from './csv-scanner';
import type { FilePartitionSpec, PlannedFile } from './partition-spec';
import { lineSizeOption, RecordSink } from './record-sink';
import { RejectFile } from './reject-file';
import { compressionOf } from './resolve-format';
import { fileChunks } from './text-chunks';

type Csv = Extract<FormatConfig, { type: 'csv' }>;

/** Files with the same header in the same order: one relation of the engine. */
interface Layout {
  readonly header: readonly string[];
  readonly files: string[];
  /** Bytes of the longest record. */
  longest: number;
}

/**
 * Brings CSV files near the engine. On the way each good record gets its file's index and its row number in front, and goes to a local
 * file that every reader reads the same way; malformed ones go to a file of rejects. Fields are then bound by the header's names.
 */
export async function openCsv(
  spec: FilePartitionSpec,
  format: Csv,
  store: FileStore,
  session: EngineSession,
  connection: string,
): Promise<SourceRelation> {
  const layouts = new Map<string, Layout>();
  const rejects = await RejectFile.create(session);
  let rows = 0;
  try {
    for (const file of spec.files) {
      const local = join(session.scratchFolder, `file-${file.index}.csv`);
      const scanned = await scanFile(file, local, spec.columns, format, store, rejects, connection);
      rows += scanned.rows;
      if (scanned.header === null) continue;
      const key = JSON.stringify(scanned.header);
      const layout = layouts.get(key) ?? { header: scanned.header, files: [], longest: 0 };
      layout.files.push(local);
      layout.longest = Math.max(layout.longest, scanned.longest);
      layouts.set(key, layout);
    }
  } finally {
    await rejects.close();
  }
  const parts = [...layouts.values()].map((layout) => selectLayout(layout, spec.columns, format));
  return {
    selectSql: parts.length > 0 ? parts.join(' UNION ALL ') : selectNothing(spec.columns),
    rejectsSql: rejects.rows > 0 ? rejects.selectSql() : null,
    statedRows: rows,
  };
}

async function scanFile(
  file: PlannedFile,
  local: string,
  planned: readonly Column[],
  format: Csv,
  store: FileStore,
  rejects: RejectFile,
  connection: string,
): Promise<{ header: readonly string[] | null; rows: number; longest: number }> {
  const handle = await open(local, 'w');
  const sink = new RecordSink(handle);
  let header: readonly string[] | null = null;
  const { lines } = file;
  const first = lines?.from ?? 0;
  const scanner = new CsvScanner(
    { ...format, header: format.header && first === 0 },
    {
      header: (fields) => (header = checkedHeader(fields, file.path, connection)).length,
      // Without a header the plan's columns are the file's, in order.
      columns: () => (header = file.header ?? planned.map((column) => column.name)).length,
      row: (row, record) => {
        sink.text(`${file.index}${format.delimiter}${first + row}${format.delimiter}`);
        sink.bytes(record);
        sink.text('\n');
      },
      reject: (row, reason, raw) => rejects.add(file.index, first + row, reason, raw),
    },
  );
  try {
    const coding = { compression: compressionOf(file.path, format), encoding: format.encoding };
    for await (const chunk of fileChunks(file, coding, store)) {
      scanner.push(chunk);
      await sink.drain();
      await rejects.drain();
    }
    scanner.end();
    await sink.drain();
    await rejects.drain();
  } finally {
    await handle.close();
  }
  return { header, rows: scanner.rows, longest: sink.longest };
}

function checkedHeader(fields: readonly string[], path: string, connection: string): readonly string[] {
  const twice = fields.findIndex((field, index) => fields.indexOf(field) !== index);
  if (twice >= 0) {
    throw new SourceSchemaError(`${path}: the name of column ${twice + 1} stands in the header twice`, connection);
  }
  return fields;
}

function selectLayout({ header, files, longest }: Layout, columns: readonly Column[], format: Csv): string {
  const names = ['f', 'n', ...header.map((_, index) => `c${index}`)];
  const types = ['INTEGER', 'BIGINT', ...header.map(() => 'VARCHAR')];
  const binding = names.map((name, index) => `'${name}': '${types[index] ?? ''}'`);
  const quote = quoteLiteral(format.quote);
  // A quoted empty field is an empty text, an empty field is null: that is why quoted ones may not be nulls.
  const relation =
    `read_csv([${files.map(quoteLiteral).join(', ')}], auto_detect = false, header = false, ` +
    `delim = ${quoteLiteral(format.delimiter)}, quote = ${quote}, escape = ${quote}, new_line = '\\n', comment = '', ` +
    `nullstr = '', allow_quoted_nulls = false, strict_mode = true, ${lineSizeOption(longest)}` +
    `columns = {${binding.join(', ')}})`;
  const items = columns.map((column) => {
    const index = header.indexOf(column.name);
    const value = index < 0 ? 'CAST(NULL AS VARCHAR)' : withNulls(`c${index}`, format.nullTokens);
    return `${value} AS ${quoteIdentifier(column.name)}`;
  });
  return `SELECT ${[...items, `f AS ${SYSTEM_COLUMNS.file}`, `n AS ${SYSTEM_COLUMNS.row}`].join(', ')} FROM ${relation}`;
}

function withNulls(value: string, tokens: readonly string[]): string {
  return tokens.length === 0
    ? value
    : `CASE WHEN ${value} IN (${tokens.map(quoteLiteral).join(', ')}) THEN NULL ELSE ${value} END`;
}

function selectNothing(columns: readonly Column[]): string {
  const items = columns.map((column) => `CAST(NULL AS VARCHAR) AS ${quoteIdentifier(column.name)}`);
  const system = [`0::INTEGER AS ${SYSTEM_COLUMNS.file}`, `0::BIGINT AS ${SYSTEM_COLUMNS.row}`];
  return `SELECT ${[...items, ...system].join(', ')} WHERE false`;
}
