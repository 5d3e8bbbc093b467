import { z } from 'zod';
import { columnName, duration } from './common';

const outputFormat = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('parquet').describe('Columns with their types.'),
    compression: z.enum(['zstd', 'snappy', 'none']).default('zstd').describe('How pages are compressed.'),
  }),
  z.strictObject({
    type: z.literal('csv').describe('UTF-8 with a header; a null is empty, an empty text is "".'),
    compression: z.enum(['none', 'gzip', 'zstd']).default('none').describe('How whole files are compressed.'),
  }),
  z.strictObject({
    type: z.literal('ndjson').describe('One JSON object a line.'),
    compression: z.enum(['none', 'gzip', 'zstd']).default('none').describe('How whole files are compressed.'),
  }),
]);

/** Keys of `target` that a container of files has. */
export const fileTarget = {
  path: z
    .string()
    .max(300)
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/,
      'write folders of letters, digits, dots, _ and -, such as curated/orders',
    )
    .optional()
    .describe('The folder in the container that the pipeline owns, such as curated/orders.'),
  format: outputFormat.optional().describe('What the files are; Parquet with zstd when absent.'),
  partitionBy: z
    .array(columnName)
    .min(1)
    .max(5)
    .optional()
    .describe('Columns whose values make Hive folders, such as country=DE; the columns stay in the files too.'),
  fileSize: z
    .int()
    .min(1 << 20)
    .max(4 * 2 ** 30)
    .optional()
    .describe('About how many bytes a file has at most; 268435456 (256 MiB) when absent.'),
  keepGenerations: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('How many generations stay readable, with the current one; 7 when absent.'),
  keepFor: duration
    .optional()
    .describe('The least time that a generation stays readable after the next was published; 24h when absent.'),
};

/** Where a target keeps its entities in an Azure table. */
export const entityTarget = {
  partitionKey: columnName
    .optional()
    .describe('For an Azure table: the column whose text is the PartitionKey; rows of one value are written together.'),
  rowKey: columnName
    .optional()
    .describe(
      'For an Azure table: the column whose text is the RowKey; with the PartitionKey it says which entity a row is.',
    ),
};
