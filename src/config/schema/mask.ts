import { z } from 'zod';
import { columnName, name } from './common';

const which = {
  columns: z.array(columnName).min(1, 'name at least one column').optional().describe('The columns to mask.'),
  tag: name
    .optional()
    .describe(
      'Instead of columns: every column that holds, or is made of, a column that source.columns gives this tag.',
    ),
  except: z
    .array(columnName)
    .default([])
    .describe('With tag: columns that stay as they are, such as a derived year of birth.'),
};
const salt = z
  .string()
  .regex(/^\$\{secret:[a-z0-9-]+\}$/, 'write ${secret:name}: a salt never stands in a file')
  .describe('${secret:name}, read only when rows are transformed.');
const count = z.int().min(0).max(1000).default(0);

/** Makes values unreadable; the result is text, and null stays null. */
export const maskStep = z.strictObject({
  mask: z
    .discriminatedUnion('method', [
      z.strictObject({
        method: z.literal('sha256').describe('The SHA-256 of salt and value, as 64 hexadecimal digits.'),
        salt,
        ...which,
      }),
      z.strictObject({
        method: z
          .literal('token')
          .describe('22 URL-safe characters of an HMAC-SHA-256 under the salt: the same for the same value.'),
        salt,
        ...which,
      }),
      z.strictObject({
        method: z.literal('partial').describe('The first and last characters stay, the others become *.'),
        keepFirst: count.describe('Characters that stay at the beginning.'),
        keepLast: count.describe('Characters that stay at the end; a value with no more than both is masked whole.'),
        ...which,
      }),
      z.strictObject({
        method: z.literal('redact').describe('A fixed text, or null of the same type, in place of every value.'),
        with: z.string().max(200).optional().describe('The text; without it the value becomes null.'),
        ...which,
      }),
    ])
    .describe('Make values unreadable, in what is loaded and in quarantine.'),
});

export type MaskStep = z.infer<typeof maskStep>;
export type MaskConfig = MaskStep['mask'];
