import type { ColumnType } from '../model/column';

const NAMES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  uuid: 'UUID',
  json: 'JSON',
  binary: 'BLOB',
};

const DECIMAL = /^decimal\((\d{1,2}),\s*(\d{1,2})\)$/;

/** The DuckDB type that holds a logical type. Throws `RangeError` for a decimal beyond 38 digits or a scale beyond its precision. */
export function duckdbType(type: ColumnType): string {
  const name = NAMES[type];
  if (name !== undefined) return name;
  const match = DECIMAL.exec(type);
  const precision = Number(match?.[1]);
  const scale = Number(match?.[2]);
  if (!match || precision < 1 || precision > 38 || scale > precision) {
    throw new RangeError(`'${type}' is no type: a decimal has 1 to 38 digits, and no more after the mark than in all`);
  }
  return `DECIMAL(${precision},${scale})`;
}
