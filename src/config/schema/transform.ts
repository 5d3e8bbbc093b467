import { z } from 'zod';
import { columnName, columnType, expression } from './common';
import { maskStep } from './mask';
import { reference } from './reference';

const castTo = z.union([
  columnType,
  z.strictObject({
    type: columnType.describe('The type to cast to.'),
    formats: z
      .array(z.string().min(1))
      .optional()
      .describe("strptime patterns, tried in turn, for date, time and timestamp: ['%Y-%m-%d', '%m/%d/%Y']."),
    timeZone: z.string().optional().describe('IANA name of the zone of texts without one, for timestamptz.'),
    decimalMark: z.enum(['.', ',']).default('.').describe('What stands before the decimals.'),
    thousandsMark: z.enum(['', '.', ',', ' ', "'"]).default('').describe('What stands between groups of digits.'),
    strip: z.array(z.string().min(1)).default([]).describe('Texts removed before the cast, such as $.'),
    strict: z.boolean().default(true).describe("false follows DuckDB's TRY_CAST, for which '1.6' is the integer 2."),
    onFailure: z
      .enum(['quarantine', 'null'])
      .default('quarantine')
      .describe('What a value that cannot be cast leads to: the row is quarantined, or the value becomes null.'),
  }),
]);
const columns = z.array(columnName).min(1, 'name at least one column');

export const castStep = z.strictObject({
  cast: z.record(columnName, castTo).describe('Columns to the types that they get; a type, or a map that says more.'),
});
export const renameStep = z.strictObject({
  rename: z
    .union([z.record(columnName, columnName), z.literal('snake_case')])
    .describe('Columns to their new names; or snake_case for all of them.'),
});
export const selectStep = z.strictObject({ select: columns.describe('The columns to keep, in this order.') });
export const dropStep = z.strictObject({ drop: columns.describe('The columns to leave out.') });
export const deriveStep = z.strictObject({
  derive: z
    .record(columnName, expression)
    .describe('New or changed columns, each from a DuckDB expression over the columns before the step.'),
});
/** Keeps the rows for which the expression is true; the others are counted as filtered. */
export const filterStep = z.strictObject({
  filter: expression.describe(
    'A DuckDB expression; rows for which it is not true are left out and counted as filtered.',
  ),
});
export const cleanseStep = z.strictObject({
  cleanse: z
    .strictObject({
      columns: z
        .union([columns, z.literal('*')])
        .default('*')
        .describe("The text columns to clean, or '*' for all of them."),
      trim: z.boolean().default(true).describe('Remove blanks at both ends.'),
      collapseSpaces: z.boolean().default(false).describe('Make one space of several blanks.'),
      case: z.enum(['upper', 'lower', 'keep']).default('keep').describe('Change the case of all letters.'),
      nullTokens: z.array(z.string()).default([]).describe('Texts that become null after trimming.'),
      unicode: z.enum(['NFC', 'keep']).default('keep').describe('NFC makes equal texts equal in bytes.'),
      replace: z
        .array(
          z.strictObject({
            pattern: z.string().min(1).max(500).describe('A regular expression (RE2); every match is replaced.'),
            with: z.string().describe('What stands there instead; \\1 is the first group.'),
          }),
        )
        .default([])
        .describe('Replacements, in this order.'),
    })
    .describe('Tidy texts.'),
});
export const deduplicateStep = z.strictObject({
  deduplicate: z
    .strictObject({
      keys: columns.optional().describe('Columns that make rows the same; all columns when absent.'),
      orderBy: z
        .array(z.string().regex(/^\S.*?( (asc|desc))?$/i, 'write a column, then asc or desc'))
        .default([])
        .describe('Which of the same rows stays, such as [updated_at desc]; the order in the source decides last.'),
    })
    .describe('Keep one of the rows that are the same, over all partitions.'),
});
export const lookupStep = z.strictObject({
  lookup: z
    .strictObject({
      from: reference.describe(
        'The pipeline whose published data is read, which must be in dependsOn; or a file of the pipelines folder.',
      ),
      match: z.record(columnName, columnName).describe('Our column to its column; all must be equal.'),
      take: z.record(columnName, columnName).describe('Our new column to its column.'),
      missing: z
        .enum(['keepNull', 'quarantine', 'fail'])
        .default('keepNull')
        .describe('What a row without a match leads to: nulls, quarantine, or the end of the run.'),
    })
    .describe("Take columns from another pipeline's table, or from a file."),
});
export const ruleStep = z.strictObject({
  rule: z
    .strictObject({
      name: z.string().min(1).max(120).optional().describe('What plans and logs call it.'),
      when: expression.describe('A DuckDB expression; the rule holds for rows for which it is true.'),
      set: z.record(columnName, expression).describe('Columns to expressions, for rows for which the rule holds.'),
      else: z.record(columnName, expression).optional().describe('The same for all other rows.'),
      reason: z.string().min(1).max(200).optional().describe('Why, for people.'),
    })
    .describe('A business rule: change columns where a condition holds.'),
});

export const rulesStep = z.strictObject({
  rules: z
    .strictObject({
      match: z
        .enum(['first', 'all'])
        .default('first')
        .describe('Whether the first rule that holds applies to a row, by priority, or every rule that holds.'),
      list: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(120).describe('What plans and figures call it; each rule has its own.'),
            priority: z
              .int()
              .default(0)
              .describe('Rules of higher priority come first; those of equal priority come in the order written.'),
            when: expression.describe('A DuckDB expression; the rule holds for rows for which it is true.'),
            set: z.record(columnName, expression).describe('Columns to expressions, for rows to which it applies.'),
            reason: z.string().min(1).max(200).optional().describe('Why, for people, and for reasonColumn.'),
          }),
        )
        .min(1, 'write at least one rule')
        .max(200)
        .describe('The rules. All expressions see the columns before the step.'),
      else: z
        .record(columnName, expression)
        .optional()
        .describe('Columns to expressions, for rows to which no rule applies.'),
      reasonColumn: columnName
        .optional()
        .describe('A new column for the reason, or else the name, of the rules that applied; several are joined by ;.'),
    })
    .describe('Business rules as a decision table.'),
});

export const aggregateStep = z.strictObject({
  aggregate: z
    .strictObject({
      groupBy: z
        .array(columnName)
        .default([])
        .describe('Columns whose values make a group; without any, all rows are one group.'),
      measures: z
        .record(columnName, expression)
        .describe('New columns, each from a DuckDB expression with aggregate functions over the rows of a group.'),
    })
    .describe('Fold the rows of each group into one; the others are counted as collapsed.'),
});
export const unnestStep = z.strictObject({
  unnest: z
    .strictObject({
      column: columnName.describe('The column that holds a list, or a JSON array as text; it leaves the row.'),
      as: columnName
        .optional()
        .describe('The column for the element, as JSON; the same name when neither this nor fields is given.'),
      fields: z
        .record(columnName, z.string().min(1).max(500))
        .optional()
        .describe('New text columns to what they take from the element: a key, or a path such as $.price.amount.'),
      ordinal: columnName.optional().describe('A new column for the place of the element in its list, from 1.'),
      keepEmpty: z
        .boolean()
        .default(true)
        .describe('Whether a row without elements stays, with nulls; if not, it is counted as filtered.'),
    })
    .describe('Make a row of each element of a list; all but the first of each list are counted as generated.'),
});
export const sqlStep = z.strictObject({
  sql: z
    .string()
    .min(1)
    .max(20_000)
    .describe('One DuckDB SELECT over the table input, which holds the rows of the pipeline at this point.'),
});

export const transformStep = z.union([
  castStep,
  renameStep,
  selectStep,
  dropStep,
  deriveStep,
  filterStep,
  cleanseStep,
  deduplicateStep,
  lookupStep,
  ruleStep,
  rulesStep,
  aggregateStep,
  unnestStep,
  sqlStep,
  maskStep,
]);

export type TransformStep = z.infer<typeof transformStep>;
export type CastStep = z.infer<typeof castStep>;
export type RenameStep = z.infer<typeof renameStep>;
export type SelectStep = z.infer<typeof selectStep>;
export type DropStep = z.infer<typeof dropStep>;
export type DeriveStep = z.infer<typeof deriveStep>;
export type FilterStep = z.infer<typeof filterStep>;
export type CleanseStep = z.infer<typeof cleanseStep>;
export type DeduplicateStep = z.infer<typeof deduplicateStep>;
export type LookupStep = z.infer<typeof lookupStep>;
export type RuleStep = z.infer<typeof ruleStep>;
export type RulesStep = z.infer<typeof rulesStep>;
export type AggregateStep = z.infer<typeof aggregateStep>;
export type UnnestStep = z.infer<typeof unnestStep>;
export type SqlStep = z.infer<typeof sqlStep>;
