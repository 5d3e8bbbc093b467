import type { ColumnType } from '../model/column';

const TYPES: Readonly<Record<string, ColumnType>> = {
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'decimal(20,0)',
  HUGEINT: 'decimal(38,0)',
  UHUGEINT: 'decimal(38,0)',
  FLOAT: 'double',
  DOUBLE: 'double',
  DATE: 'date',
  TIME: 'time',
  TIME_NS: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  UUID: 'uuid',
  JSON: 'json',
  BLOB: 'binary',
};

/**
 * The narrowest logical type that holds every value of a DuckDB type, as `DESCRIBE` writes it. Nested types become `json`;
 * what has no counterpart (enums, intervals, bit strings, the type of a bare NULL) becomes `string`.
 */
export function columnTypeOf(duckdbType: string): ColumnType {
  const known = TYPES[duckdbType];
  if (known !== undefined) return known;
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckdbType);
  if (decimal) return `decimal(${Number(decimal[1])},${Number(decimal[2])})`;
  if (/^(STRUCT|MAP|UNION)\(/.test(duckdbType) || /\[\d*\]$/.test(duckdbType)) return 'json';
  return 'string';
}
