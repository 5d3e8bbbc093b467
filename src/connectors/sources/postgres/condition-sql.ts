import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { PostgresSession } from '../../postgres/postgres-session';
import type { PostgresPartitionSpec } from './partition-spec';

/** A condition whose values are bound as settings of the transaction, since COPY takes no parameters. */
export interface Condition {
  readonly sql: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** What a row must fulfil to belong to a partition. */
export function conditionOf({ cursor, key }: Pick<PostgresPartitionSpec, 'cursor' | 'key'>): Condition {
  const settings: Record<string, string> = {};
  const value = (name: string, text: string, type: string): string => {
    settings[`sluice.${name}`] = text;
    return `current_setting('sluice.${name}')::${type}`;
  };
  const parts: string[] = [];
  if (cursor !== null) {
    const column = quoteIdentifier(cursor.column);
    const from = cursor.from === null ? '' : `${column} >= ${value('cursor_from', cursor.from, cursor.sqlType)} AND `;
    const within = `${from}${column} ${cursor.below === true ? '<' : '<='} ${value('cursor_to', cursor.to, cursor.sqlType)}`;
    parts.push(cursor.nulls ? `(${within} OR ${column} IS NULL)` : within);
  }
  if (key?.kind === 'range') {
    const column = quoteIdentifier(key.column);
    const bounds = [
      ...(key.from === null ? [] : [`${column} >= ${value('key_from', key.from, key.sqlType)}`]),
      ...(key.below === null ? [] : [`${column} < ${value('key_below', key.below, key.sqlType)}`]),
    ].join(' AND ');
    const within = bounds === '' ? `${column} IS NOT NULL` : bounds;
    parts.push(key.nulls ? `(${within} OR ${column} IS NULL)` : within);
  }
  if (key?.kind === 'hash') parts.push(hashCondition(key.column, key.of, key.remainder));
  return { sql: parts.length === 0 ? 'true' : parts.map((part) => `(${part})`).join(' AND '), settings };
}

/** Numbers only are written into the text. */
function hashCondition(column: string, of: number, remainder: number): string {
  const hash = `coalesce(hashtextextended(${quoteIdentifier(column)}::text, 0), 0)`;
  return `((${hash} % ${Math.trunc(of)}) + ${Math.trunc(of)}) % ${Math.trunc(of)} = ${Math.trunc(remainder)}`;
}

/** Binds the values for the rest of the transaction. */
export async function bindSettings({ client }: PostgresSession, { settings }: Condition): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await client.query('SELECT set_config($1, $2, true)', [name, value]);
  }
}
