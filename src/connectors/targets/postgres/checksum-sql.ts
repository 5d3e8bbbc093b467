import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';
import { decimalText, engineChecksumText, postgresChecksumText } from './canonical-text';

/** The key of the checksum over whole rows. */
export const WHOLE_ROW = '*';

/** Part of the row's identity, and so of its checksum. */
const ROW_COLUMNS: readonly Column[] = [
  { name: SYSTEM_COLUMNS.file, type: 'integer', nullable: false },
  { name: SYSTEM_COLUMNS.row, type: 'bigint', nullable: false },
];

/**
 * One checksum: a value per row, and how the values are added up. Sums do not depend on the order of rows and are exact on both
 * sides: numbers as they are, everything else as the first 60 bits of the MD5 of its canonical text.
 */
export interface Checksum {
  readonly key: string;
  /** Over a relation of the engine, and over a table of PostgreSQL; the sum is cast to text. */
  readonly engine: string;
  readonly postgres: string;
  /** For the engine: how the sum becomes text. */
  readonly engineSum: (value: string) => string;
}

/** Checksums of a relation: whole rows (JSON by presence only, since jsonb changes its text), and each named column. */
export function checksumsOf(columns: readonly Column[], named: readonly string[]): Checksum[] {
  return [wholeRow(columns), ...namedChecksums(columns, named).filter(({ key }) => key !== WHOLE_ROW)];
}

/** Checksums of the named columns only; `*` stands for whole rows and all columns. */
export function namedChecksums(columns: readonly Column[], named: readonly string[]): Checksum[] {
  if (named.includes(WHOLE_ROW)) return [wholeRow(columns), ...columns.map(single)];
  return columns.filter(({ name }) => named.includes(name)).map(single);
}

function wholeRow(columns: readonly Column[]): Checksum {
  const all = [...columns, ...ROW_COLUMNS];
  const engine = all.map((column) => `coalesce(${presence(column, engineChecksumText(column))}, chr(30))`);
  const postgres = all.map((column) => `coalesce(${presence(column, postgresChecksumText(column))}, chr(30))`);
  return hashed(WHOLE_ROW, joined(engine), joined(postgres));
}

/** PostgreSQL passes a hundred arguments at most. */
const MOST_JOINED = 64;

/**
 * Texts that are never null as one, with chr(31) between them. One call for many: a chain of `||` makes, and copies, a text for each of its
 * links.
 */
function joined(texts: readonly string[]): string {
  const calls: string[] = [];
  for (let first = 0; first < texts.length; first += MOST_JOINED) {
    calls.push(`concat_ws(chr(31), ${texts.slice(first, first + MOST_JOINED).join(', ')})`);
  }
  return calls.join(' || chr(31) || ');
}

function presence(column: Column, text: string): string {
  return column.type === 'json' ? `CASE WHEN ${quoteIdentifier(column.name)} IS NOT NULL THEN 'j' END` : text;
}

function single(column: Column): Checksum {
  const name = quoteIdentifier(column.name);
  if (column.type === 'integer' || column.type === 'bigint') {
    return { key: column.name, engine: name, postgres: name, engineSum: (value) => `sum(${value})::VARCHAR` };
  }
  const [precision = 38, scale = 0] = [...column.type.matchAll(/\d+/g)].map(Number);
  // A sum of more digits than these could leave the engine's 38.
  if (column.type.startsWith('decimal') && precision <= 26) {
    const engineSum = (value: string) => decimalText(`decimal(${scale},${scale})`, `sum(${value})::VARCHAR`);
    return { key: column.name, engine: name, postgres: `${name}::numeric(${precision},${scale})`, engineSum };
  }
  if (column.type === 'json') return hashed(column.name, presence(column, ''), presence(column, ''));
  return hashed(column.name, engineChecksumText(column), postgresChecksumText(column));
}

function hashed(key: string, engine: string, postgres: string): Checksum {
  return {
    key,
    engine: `('0x' || substr(md5(${engine}), 1, 15))::BIGINT`,
    postgres: `('x' || substr(md5(${postgres}), 1, 15))::bit(60)::bigint`,
    engineSum: (value) => `sum(${value})::VARCHAR`,
  };
}
