import { z } from 'zod';

/** Names of pipelines, connections and parameters: they become URLs, blob paths and entity keys. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'a name is lower case: a letter, then at most 62 letters, digits, - or _');

/** A column name of the user's: anything a database can hold, but not Sluice's own prefix. */
export const columnName = z
  .string()
  .min(1, 'a column name is not empty')
  .max(63, 'a column name has at most 63 characters')
  .refine((value) => !value.toLowerCase().startsWith('_sluice_'), 'names that begin with _sluice_ are kept for Sluice')
  .refine((value) => !value.includes('\0'), 'a column name cannot hold a NUL');

/** A logical column type: see `ColumnType`. */
export const columnType = z
  .string()
  .regex(
    /^(string|boolean|integer|bigint|double|date|time|timestamp|timestamptz|uuid|json|binary|decimal\(\d{1,2},\s*\d{1,2}\))$/,
    'a type is string, boolean, integer, bigint, double, decimal(p,s), date, time, timestamp, timestamptz, uuid, json or binary',
  )
  .refine(
    (value) => isPossibleDecimal(value),
    'a decimal has 1 to 38 digits, of which at most all stand after the mark',
  );

function isPossibleDecimal(type: string): boolean {
  const match = /^decimal\((\d+),\s*(\d+)\)$/.exec(type);
  if (match === null) return true;
  const precision = Number(match[1]);
  return precision >= 1 && precision <= 38 && Number(match[2]) <= precision;
}

/** A DuckDB scalar expression over the columns of the relation; checked when the project is loaded. */
export const expression = z.string().min(1, 'an expression is not empty').max(4000);

/** Rows (`10`) or a share (`1%`). */
export const threshold = z.union([
  z.int().min(0),
  z.string().regex(/^(100(\.0+)?|\d{1,2}(\.\d+)?)%$/, 'a share is written 1% or 0.5%, and is at most 100%'),
]);

export const severity = z.enum(['warn', 'quarantine', 'fail']);

/** A duration: `30s`, `5m`, `1h`, `7d`. */
export const duration = z.string().regex(/^\d{1,9}(ms|s|m|h|d)$/, 'a duration is a number with ms, s, m, h or d');
