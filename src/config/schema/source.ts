import { z } from 'zod';
import { columnName, columnType, duration, name } from './common';

const compression = z
  .enum(['none', 'gzip', 'zstd', 'auto'])
  .default('auto')
  .describe('How the files are compressed; auto goes by the ending .gz or .zst.');

/** How delimited text is read. Every column arrives as text; `source.columns` or a `cast` gives types. */
const csvFormat = z.strictObject({
  type: z.literal('csv').describe('Delimited text.'),
  delimiter: z.string().length(1).default(',').describe('One character between fields.'),
  quote: z.string().length(1).default('"').describe('One character around fields that hold the delimiter.'),
  header: z.boolean().default(true).describe('Whether the first line names the columns.'),
  encoding: z.enum(['utf-8', 'utf-16', 'latin-1']).default('utf-8').describe('The encoding of the text.'),
  compression,
  nullTokens: z.array(z.string()).default([]).describe('Texts that mean null, besides the empty field.'),
});
const ndjsonFormat = z.strictObject({
  type: z.literal('ndjson').describe('One JSON object in each line.'),
  compression,
});
const jsonFormat = z.strictObject({
  type: z.literal('json').describe('One JSON array of objects.'),
  compression,
});
const parquetFormat = z.strictObject({
  type: z.literal('parquet').describe('Apache Parquet; columns keep their types.'),
});
export const format = z
  .discriminatedUnion('type', [csvFormat, ndjsonFormat, jsonFormat, parquetFormat])
  .describe('What the files hold; guessed from their ending when absent.');

const DRIFT =
  'evolve takes the change in, freeze ends the run, discardValue drops the value, discardRow the row, quarantineRow keeps the row aside.';
const drift = z.enum(['evolve', 'freeze', 'discardValue', 'discardRow', 'quarantineRow']);

export const source = z.strictObject({
  connection: name.describe('A connection that can be a source, such as a blob container.'),
  files: z
    .string()
    .min(1)
    .max(500)
    .describe('A glob inside the container, such as flights/*.parquet; * is any part of a name, ** any folders.'),
  format: format.optional(),
  settle: duration
    .optional()
    .describe('Files that changed less than so long ago may still be being written, and are left for the next run.'),
  incremental: z
    .strictObject({
      by: z.literal('file').describe('file: files already loaded, by path and ETag, are not taken again.'),
    })
    .optional()
    .describe('Take only what is new since the last load; without it every run takes everything.'),
  columns: z
    .record(columnName, columnType)
    .optional()
    .describe(
      'The columns that the source must have, with their types. Text formats are cast strictly to them; expressions are checked against them before anything runs.',
    ),
  schema: z
    .strictObject({
      columns: drift.default('freeze').describe(`What a new column in the source leads to: ${DRIFT}`),
      types: drift.default('quarantineRow').describe(`What a value of another type leads to: ${DRIFT}`),
    })
    .prefault({})
    .describe('What happens when the source changes its shape.'),
  partitions: z
    .strictObject({
      targetRows: z
        .int()
        .min(1)
        .max(100_000_000)
        .optional()
        .describe('Rows that a partition should have; files and row groups are split no further than needed.'),
      targetBytes: z.int().min(1).optional().describe('Bytes that a partition should have, as the source stores them.'),
      min: z
        .int()
        .min(1)
        .max(10_000)
        .default(1)
        .describe('At least so many partitions, where the source can be split so far.'),
      max: z.int().min(1).max(10_000).default(2_000).describe('At most so many partitions.'),
    })
    .prefault({})
    .describe('How the source is split into parts that run in parallel.'),
});

export type SourceConfig = z.infer<typeof source>;
export type FormatConfig = z.infer<typeof format>;
