import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TableClient } from '@azure/data-tables';
import { duckdbType } from '../../../engine/duckdb-type';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import type { Column } from '../../../model/column';

/** Copies columns of all entities to a local Parquet file, over lines of texts. Gives the rows. */
export async function exportEntities(
  client: TableClient,
  columns: readonly Column[],
  file: string,
  engine: EngineSession,
): Promise<number> {
  const lines = join(engine.scratchFolder, `export-${randomUUID()}.ndjson`);
  let rows = 0;
  const texts = async function* (): AsyncGenerator<string> {
    for await (const page of client.listEntities({ disableTypeConversion: true }).byPage()) {
      rows += page.length;
      yield page.map((entity) => `${JSON.stringify(columns.map(({ name }) => textOf(entity[name])))}\n`).join('');
    }
  };
  try {
    await pipeline(Readable.from(texts()), createWriteStream(lines));
    const items = columns.map((column, index) => {
      const text = `json_extract_string(json, '$[${index}]')`;
      const value = column.type === 'binary' ? `from_base64(${text})` : `CAST(${text} AS ${duckdbType(column.type)})`;
      return `${value} AS ${quoteIdentifier(column.name)}`;
    });
    await engine.run(
      `COPY (SELECT ${items.join(', ')} FROM read_csv(${quoteLiteral(lines)}, auto_detect = false, header = false, delim = '\u0001',
         quote = '', escape = '', max_line_size = 4194304, columns = {'json': 'VARCHAR'})) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return rows;
  } finally {
    await rm(lines, { force: true });
  }
}

function textOf(property: unknown): string | null {
  if (property === null || property === undefined) return null;
  const inner = typeof property === 'object' && 'value' in property ? property.value : property;
  return typeof inner === 'string' ? inner : JSON.stringify(inner);
}
