import { z } from 'zod';
import { columnName, columnType, name } from './common';

/** How delimited text is read. Every column arrives as text; `cast` gives types. */
const csvFormat = z.strictObject({
  type: z.literal('csv'),
  delimiter: z.string().length(1).default(','),
  quote: z.string().length(1).default('"'),
  header: z.boolean().default(true),
  encoding: z.enum(['utf-8', 'utf-16', 'latin-1']).default('utf-8'),
  compression: z.enum(['none', 'gzip', 'zstd', 'auto']).default('auto'),
  /** Texts that mean null, besides the empty field. */
  nullTokens: z.array(z.string()).default([]),
});
const ndjsonFormat = z.strictObject({
  type: z.literal('ndjson'),
  compression: z.enum(['none', 'gzip', 'zstd', 'auto']).default('auto'),
});
const jsonFormat = z.strictObject({
  type: z.literal('json'),
  compression: z.enum(['none', 'gzip', 'zstd', 'auto']).default('auto'),
});
const parquetFormat = z.strictObject({ type: z.literal('parquet') });
export const format = z.discriminatedUnion('type', [csvFormat, ndjsonFormat, jsonFormat, parquetFormat]);

const drift = z.enum(['evolve', 'freeze', 'discardValue', 'discardRow', 'quarantineRow']);

export const source = z.strictObject({
  connection: name,
  // A glob inside the container, such as flights/*.parquet.
  files: z.string().min(1).max(500),
  /** Guessed from the file ending when absent. */
  format: format.optional(),
  incremental: z.strictObject({ by: z.literal('file') }).optional(),
  /** Declared columns: a file that lacks one is refused or drifts as `schema` says. */
  columns: z.record(columnName, columnType).optional(),
  schema: z.strictObject({ columns: drift.default('freeze'), types: drift.default('quarantineRow') }).prefault({}),
  partitions: z
    .strictObject({
      /** How many rows a partition should have; row groups and files are not torn apart below it. */
      targetRows: z.int().min(1).max(100_000_000).optional(),
      targetBytes: z.int().min(1).optional(),
      /** At least so many, where the source can be split so far. */
      min: z.int().min(1).max(10_000).default(1),
      max: z.int().min(1).max(10_000).default(2_000),
    })
    .prefault({}),
});

export type SourceConfig = z.infer<typeof source>;
export type FormatConfig = z.infer<typeof format>;
