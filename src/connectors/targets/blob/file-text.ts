import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';

/** Where the row came from: in every file, after the user's columns. */
export const ROW_COLUMNS: readonly Column[] = [
  { name: SYSTEM_COLUMNS.file, type: 'integer', nullable: false },
  { name: SYSTEM_COLUMNS.row, type: 'bigint', nullable: false },
];

/** A JSON number of more digits than these is read as another one by most readers. */
const EXACT_DIGITS = 15;

/**
 * The text of a value in CSV, and in NDJSON where it is a text: times are ISO 8601 and those with a zone are in UTC, binary values
 * Base64, doubles the shortest text that gives the same double. The engine casts every one of them back to the same value.
 */
export function fileText({ name, type }: Column): string {
  const value = `CAST(${quoteIdentifier(name)} AS ${duckdbType(type)})`;
  const text = `CAST(${value} AS VARCHAR)`;
  switch (type) {
    case 'timestamp':
      return `regexp_replace(${text}, '^(\\d+-\\d\\d-\\d\\d) (\\d)', '\\1T\\2')`;
    case 'timestamptz':
      return `regexp_replace(regexp_replace(${text}, '^(\\d+-\\d\\d-\\d\\d) (\\d)', '\\1T\\2'), '^([^ ]*)\\+00$', '\\1Z')`;
    case 'binary':
      return `base64(${value})`;
    case 'double':
      return `CASE WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN CASE WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END ELSE ${text} END`;
    case 'json':
      // Outside of its texts JSON has no meaning for line ends, and within them they are escaped.
      return `translate(${text}, chr(10) || chr(13), '  ')`;
    default:
      return type.startsWith('decimal') ? `regexp_replace(${text}, '^(-?)\\.', '\\10.')` : text;
  }
}

/** The value of a column from its text in a file. */
export function valueOfText({ type }: Column, text: string): string {
  return type === 'binary' ? `from_base64(${text})` : `CAST(${text} AS ${duckdbType(type)})`;
}

/**
 * A row as one JSON object: numbers and booleans as such where every reader keeps them exactly, JSON as it is, the rest as texts. A null
 * is `null`, but in a column of JSON, which may hold a null of JSON's own, the key is left out. The last column is never null.
 */
export function jsonLine(columns: readonly Column[]): string {
  const members = columns.map((column, index) => {
    const key = quoteLiteral(`${JSON.stringify(column.name)}:`);
    const end = index === columns.length - 1 ? `'}'` : `','`;
    const member = (value: string): string => `${key} || ${value} || ${end}`;
    const isNull = `${quoteIdentifier(column.name)} IS NULL`;
    const whenNull = column.type === 'json' ? `''` : member(`'null'`);
    return `CASE WHEN ${isNull} THEN ${whenNull} ELSE ${member(jsonValue(column))} END`;
  });
  return `'{' || ${members.join(' || ')}`;
}

function jsonValue(column: Column): string {
  const text = fileText(column);
  const digits = Number(/^decimal\((\d+)/.exec(column.type)?.[1] ?? Infinity);
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'boolean':
    case 'json':
      return text;
    case 'double':
      return `CASE WHEN isfinite(${quoteIdentifier(column.name)}) THEN ${text} ELSE to_json(${text})::VARCHAR END`;
    default:
      return digits <= EXACT_DIGITS ? text : `to_json(${text})::VARCHAR`;
  }
}
