import { z } from 'zod';
import { columnName, duration } from './common';

/** How `writeDisposition: merge` brings rows together with those that have the same key. */
export const merge = z.strictObject({
  strategy: z
    .enum(['upsert', 'delete-insert', 'scd2'])
    .default('upsert')
    .describe(
      'upsert changes the row that has the key, or inserts it; delete-insert puts all rows of a key in place of all rows that the table has of it; scd2 keeps every version of a row with the time from which and to which it held.',
    ),
  hardDelete: columnName
    .optional()
    .describe('A column that marks rows to delete: a boolean that is true, or a date or timestamp that is not null.'),
  onDuplicateKey: z
    .enum(['refuse', 'deduplicate'])
    .default('refuse')
    .describe('What happens when a load has a key twice: nothing is published, or the first row by orderBy is taken.'),
  orderBy: z
    .array(z.string().regex(/^\S.*?( (asc|desc))?$/i, 'write a column, then asc or desc'))
    .min(1)
    .optional()
    .describe(
      'Which row deduplicate takes, such as [updated_at desc]; among equals the later file, then the later row.',
    ),
  validFrom: columnName
    .optional()
    .describe('For scd2: the column with the time from which a version holds; valid_from unless given.'),
  validTo: columnName
    .optional()
    .describe(
      'For scd2: the column with the time up to which it held, null for the current one; valid_to unless given.',
    ),
  absent: z
    .enum(['keep', 'close'])
    .optional()
    .describe(
      'For scd2: what becomes of the current row of a key that a load does not have; close is for sources that are read whole; keep unless given.',
    ),
  nullKeys: z
    .literal('refuse')
    .default('refuse')
    .describe('A row without a value in a key column: nothing is published.'),
});

/** How long a load can be taken back. */
export const undo = z.strictObject({
  keepFor: duration
    .default('7d')
    .describe('How long the rows that a load replaced, changed or deleted are kept, such as 7d.'),
});

export type MergeConfig = z.infer<typeof merge>;
