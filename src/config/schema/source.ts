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
  multiline: z
    .boolean()
    .default(true)
    .describe(
      'Whether quoted fields may hold line ends; false lets one big file be split by lines and read in parallel.',
    ),
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

const incrementalByFile = z.strictObject({
  by: z.literal('file').describe('file: files already loaded, by path and ETag, are not taken again.'),
});
const incrementalByColumn = z.strictObject({
  by: z.literal('column').describe('column: rows from the highest value of a column on, which was loaded last.'),
  column: columnName.describe('The column that grows with every new or changed row, such as updated_at or id.'),
  lag: z
    .union([duration, z.int().min(0)])
    .optional()
    .describe(
      'How far behind the highest value each run looks again, for rows that are committed late: a duration for times, a number for numbers. Rows already loaded are not loaded again.',
    ),
  start: z
    .union([z.string().min(1), z.number()])
    .optional()
    .describe('The least value that the first run takes; everything without it.'),
  nulls: z
    .enum(['fail', 'include', 'exclude'])
    .default('fail')
    .describe('What rows without a value lead to: the end of the run, or they are taken in, or left out.'),
});

const parameterName = z.string().min(1).max(100);
const pagination = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('link').describe('The Link header names the next page.') }),
  z.strictObject({
    by: z
      .literal('cursor')
      .describe('A value in the answer leads to the next page; where it is missing or empty, the page is the last.'),
    cursor: z.string().min(1).max(200).describe('Where it stands: keys with dots between, such as meta.next.'),
    parameter: parameterName
      .optional()
      .describe('The parameter that takes it; without one the value is the address of the next page.'),
  }),
  z.strictObject({
    by: z.literal('page').describe('Pages have numbers; one with fewer items than size is the last.'),
    parameter: parameterName.default('page').describe('The parameter that takes the number.'),
    start: z.int().min(0).default(1).describe('The number of the first page.'),
    size: z.int().min(1).optional().describe('Items of a full page; without it an empty page is the last.'),
  }),
  z.strictObject({
    by: z.literal('offset').describe('The number of items before a page; one with fewer items than size is the last.'),
    parameter: parameterName.default('offset').describe('The parameter that takes the number.'),
    size: z.int().min(1).optional().describe('Items of a full page; without it an empty page is the last.'),
  }),
]);

const request = z.strictObject({
  path: z.string().max(1000).describe("The address below the connection's baseUrl, such as /v1/orders."),
  query: z
    .record(parameterName, z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Parameters of every page, such as status: open.'),
  since: z
    .strictObject({
      parameter: parameterName.describe(
        'The parameter that takes the value of the column from which on rows are wanted.',
      ),
      format: z
        .enum(['iso', 'unixSeconds', 'unixMilliseconds'])
        .default('iso')
        .describe('How a time is written; numbers are written as they are.'),
    })
    .optional()
    .describe(
      'With incremental: { by: column }, what the API is asked for; without it every run reads the whole list.',
    ),
  items: z
    .string()
    .max(200)
    .default('')
    .describe(
      'Where the list of items stands in a JSON answer: keys with dots between, such as data.items; the answer itself when absent.',
    ),
  maxPages: z
    .int()
    .min(1)
    .max(100_000)
    .default(10_000)
    .describe('More pages than this end the run: pagination that never ends is a mistake.'),
});

const DRIFT =
  'evolve takes the change in, freeze ends the run, discardValue drops the value, discardRow the row, quarantineRow keeps the row aside.';
const drift = z.enum(['evolve', 'freeze', 'discardValue', 'discardRow', 'quarantineRow']);

const declaredColumn = z.union([
  columnType,
  z.strictObject({
    type: columnType.describe('The type of the column.'),
    tags: z
      .array(name)
      .default([])
      .describe(
        'What the column holds, such as pii: mask steps find it by tag, also under other names and in what is derived from it.',
      ),
  }),
]);

export const source = z.strictObject({
  connection: name.describe('A connection that can be a source, such as a blob container or a PostgreSQL database.'),
  files: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('A glob inside the container, such as flights/*.parquet; * is any part of a name, ** any folders.'),
  table: z
    .string()
    .regex(/^[^.\0]{1,63}(\.[^.\0]{1,63})?$/, 'write table or schema.table, each at most 63 characters')
    .optional()
    .describe('A table or view of a database: schema.table; or an Azure table.'),
  filter: z
    .string()
    .min(1)
    .max(4000)
    .optional()
    .describe("An OData filter over an Azure table, such as PartitionKey eq 'x'; all entities without it."),
  query: z
    .string()
    .min(1)
    .max(20_000)
    .optional()
    .describe('One SELECT of the database, read only, instead of a table.'),
  request: request.optional().describe('What is asked of a web API.'),
  pagination: pagination.optional().describe('How the pages of a web API follow each other; one page without it.'),
  consistency: z
    .enum(['partition', 'snapshot'])
    .default('partition')
    .describe(
      'partition reads each partition as the database is at that moment; snapshot reads the whole slice as of one moment, in one activity over several connections.',
    ),
  format: format.optional(),
  settle: duration
    .optional()
    .describe('Files that changed less than so long ago may still be being written, and are left for the next run.'),
  incremental: z
    .union([incrementalByFile, incrementalByColumn])
    .optional()
    .describe('Take only what is new since the last load; without it every run takes everything.'),
  columns: z
    .record(columnName, declaredColumn)
    .optional()
    .describe(
      'The columns that the source must have, with their types. Text formats are cast strictly to them; expressions are checked against them before anything runs.',
    ),
  schema: z
    .strictObject({
      tables: z
        .enum(['evolve', 'freeze'])
        .default('evolve')
        .describe('Whether a target that does not exist is made: evolve makes it, freeze ends the run.'),
      columns: drift.default('freeze').describe(`What a new column in the source leads to: ${DRIFT}`),
      types: drift.default('quarantineRow').describe(`What a value of another type leads to: ${DRIFT}`),
    })
    .prefault({})
    .describe('What happens when the source changes its shape.'),
  partitions: z
    .strictObject({
      by: columnName
        .optional()
        .describe('The column by whose values a table is split; an indexed one that hardly ever changes.'),
      method: z
        .enum(['range', 'hash'])
        .default('range')
        .describe('range splits by ranges of the column with as many rows each, hash by a hash of its values.'),
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

export type PaginationConfig = z.infer<typeof pagination>;
export type SourceConfig = z.infer<typeof source>;
export type FormatConfig = z.infer<typeof format>;
export type IncrementalByColumn = z.infer<typeof incrementalByColumn>;
