import { z } from 'zod';
import { columnName, columnType, name } from './common';

const SEGMENT = '[\\p{L}\\p{N}_-][\\p{L}\\p{N}_ .-]*';
const FILE = new RegExp(`^(${SEGMENT}/)*${SEGMENT}\\.(csv|ndjson|json|parquet)$`, 'u');

/** A file in the pipelines folder. No name in its path begins with a dot, so that no path leads out. */
export const referenceFile = z.strictObject({
  file: z
    .string()
    .max(200)
    .regex(
      FILE,
      'a file is written as its path below the pipelines folder, such as reference/countries.csv: no .., nothing before the folder, and the ending csv, ndjson, json or parquet',
    )
    .describe('A csv, ndjson, json or parquet file below the pipelines folder, such as reference/countries.csv.'),
  columns: z
    .record(columnName, columnType)
    .optional()
    .describe('Types of its columns, cast strictly. Other columns of csv and JSON files are text.'),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .describe('Of a csv file: the character between fields; a comma when absent.'),
  nullTokens: z.array(z.string()).optional().describe('Of a csv file: texts that mean null, besides the empty field.'),
});

/** What a lookup or relationships check reads. */
export const reference = z.union([name, referenceFile]);

export type ReferenceConfig = z.infer<typeof reference>;
