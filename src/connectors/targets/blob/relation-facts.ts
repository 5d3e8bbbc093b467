import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { Column } from '../../../model/column';
import type { RelationFacts } from '../../../steps/load/target';
import { fileText, ROW_COLUMNS } from './file-text';

/** The key of the checksum over whole rows. */
export const WHOLE_ROW = '*';

/**
 * Count and checksums of a relation, the same over the rows to load and over the files that were written: sums, which no order changes,
 * of the first 60 bits of the MD5 of each value's text. JSON counts by presence, since readers space it anew.
 */
export async function relationFacts(
  session: EngineSession,
  relation: string,
  columns: readonly Column[],
  named: readonly string[],
): Promise<RelationFacts> {
  const all = named.includes(WHOLE_ROW);
  const singles = columns.filter(({ name }) => all || named.includes(name));
  const whole = [...columns, ...ROW_COLUMNS].map((column) => `coalesce(${checksumText(column)}, chr(30))`);
  const values = [whole.join(' || chr(31) || '), ...singles.map(checksumText)];
  const keys = [WHOLE_ROW, ...singles.map(({ name }) => name)];
  const sums = values.map((text, index) => `coalesce(sum(${hash(text)}), 0)::VARCHAR AS s${index}`);
  const [row = {}] = await session.rows(`SELECT count(*) AS rows, ${sums.join(', ')} FROM (${relation})`);
  return {
    rows: Number(row['rows'] ?? 0),
    checksums: Object.fromEntries(keys.map((key, index) => [key, String(row[`s${index}`] ?? '0')])),
  };
}

function checksumText(column: Column): string {
  return column.type === 'json'
    ? `CASE WHEN ${quoteIdentifier(column.name)} IS NOT NULL THEN 'j' END`
    : fileText(column);
}

function hash(text: string): string {
  return `('0x' || substr(md5(${text}), 1, 15))::BIGINT`;
}

/** Adds facts up over partitions. */
export function addFacts(parts: readonly RelationFacts[]): RelationFacts {
  const checksums: Record<string, string> = {};
  for (const part of parts)
    for (const [key, sum] of Object.entries(part.checksums))
      checksums[key] = (BigInt(checksums[key] ?? 0) + BigInt(sum)).toString();
  return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), checksums };
}
