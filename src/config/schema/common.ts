import { z } from 'zod';

/** Names of pipelines, connections and parameters: they become URLs, blob paths and entity keys. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'a name is lower case: a letter, then at most 62 letters, digits, - or _');

/** A column name of the user's: anything a database can hold, but not Sluice's own prefix. */
export const columnName = z
  .string()
  .min(1)
  .max(63)
  .refine((value) => !value.toLowerCase().startsWith('_sluice_'), 'names that begin with _sluice_ are kept for Sluice')
  .refine((value) => !value.includes('\0'), 'a column name cannot hold a NUL');

/** A logical column type: see `ColumnType`. */
export const columnType = z
  .string()
  .regex(
    /^(string|boolean|integer|bigint|double|date|time|timestamp|timestamptz|uuid|json|binary|decimal\(\d{1,2},\s*\d{1,2}\))$/,
    'a type is string, boolean, integer, bigint, double, decimal(p,s), date, time, timestamp, timestamptz, uuid, json or binary',
  );

/** A DuckDB scalar expression over the columns of the relation; checked when the project is loaded. */
export const expression = z.string().min(1).max(4000);

/** Rows (`10`) or a share (`1%`). */
export const threshold = z.union([
  z.int().min(0),
  z.string().regex(/^\d{1,3}(\.\d+)?%$/, 'a share is written 1% or 0.5%'),
]);

export const severity = z.enum(['warn', 'quarantine', 'fail']);

/** A duration: `30s`, `5m`, `1h`, `7d`. */
export const duration = z.string().regex(/^\d+(ms|s|m|h|d)$/, 'a duration is a number with ms, s, m, h or d');
