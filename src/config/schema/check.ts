import { z } from 'zod';
import { columnName, columnType, expression, severity, threshold } from './common';
import { datasetChecks, type anomalyCheck } from './dataset-check';
import { reference } from './reference';

const ON_FAILURE = 'warn lets the rows pass, quarantine keeps them aside with the reason, fail ends the run.';

/** What every check may say. Beyond `maxFailures` the run fails before anything is published. */
const common = {
  name: z.string().min(1).max(120).optional().describe('What results and reasons call it; unique in the pipeline.'),
  onFailure: severity.default('quarantine').describe(`What happens to rows that fail: ${ON_FAILURE}`),
  maxFailures: threshold.optional().describe('Rows (10) or share (1%) that may fail; beyond it the run fails.'),
};
const columns = z.array(columnName).min(1, 'name at least one column');
const column = columnName.describe('The column to look at.');
const withColumns = z.union([
  columns,
  z.strictObject({ columns: columns.describe('The columns to look at.'), ...common }),
]);
const value = z.union([z.string(), z.number(), z.boolean()]);
const bound = z.union([z.number(), z.string()]);

export const notNullCheck = z.strictObject({
  notNull: withColumns.describe(
    'Columns that hold no null: a list, or a map with columns and what every check may say.',
  ),
});
/** The columns together are unique in the whole slice, over all partitions. */
export const uniqueCheck = z.strictObject({
  unique: withColumns.describe('Columns that together are unique in everything the run takes, over all partitions.'),
});
export const acceptedValuesCheck = z.strictObject({
  acceptedValues: z
    .strictObject({
      column,
      values: z.array(value).min(1).max(1000).describe('The values that may stand there; null passes.'),
      ...common,
    })
    .describe('A column that holds only the values given.'),
});
export const rangeCheck = z.strictObject({
  range: z
    .strictObject({
      column,
      min: bound.optional().describe('The least value allowed: a number, or a date as text.'),
      max: bound.optional().describe('The greatest value allowed: a number, or a date as text.'),
      ...common,
    })
    .describe('A column between two values, both allowed; null passes.'),
});
export const lengthCheck = z.strictObject({
  length: z
    .strictObject({
      column,
      min: z.int().min(0).optional().describe('The least number of characters.'),
      max: z.int().min(0).optional().describe('The greatest number of characters.'),
      ...common,
    })
    .describe('A text with so many characters; null passes.'),
});
export const patternCheck = z.strictObject({
  pattern: z
    .strictObject({
      column,
      regex: z.string().min(1).max(500).describe('A regular expression (RE2) that the whole text matches.'),
      ...common,
    })
    .describe('A text that matches a regular expression; null passes.'),
});
export const typeCheck = z.strictObject({
  type: z
    .strictObject({ column, type: columnType.describe('The type that every value can be read as.'), ...common })
    .describe('A text that can be read as a type, without changing it; null passes.'),
});
/** Every value of the column stands in the field of another pipeline's published data, or of a file. Nulls pass. */
export const relationshipsCheck = z.strictObject({
  relationships: z
    .strictObject({
      column,
      to: reference.describe(
        'The pipeline whose published data is read, which must be in dependsOn; or a file of the pipelines folder.',
      ),
      field: columnName.describe('The column there.'),
      ...common,
    })
    .describe("A column whose every value stands in a column of another pipeline's table, or of a file; null passes."),
});
/** Rows for which the expression is not true fail; null counts as failing unless `nullPasses`. */
export const expressionCheck = z.strictObject({
  expression: z
    .strictObject({
      sql: expression.describe('A DuckDB expression that is true for good rows.'),
      nullPasses: z.boolean().default(false).describe('Whether a row for which it is null passes.'),
      ...common,
    })
    .describe('An expression that is true for every row.'),
});
export const check = z.union([
  notNullCheck,
  uniqueCheck,
  acceptedValuesCheck,
  rangeCheck,
  lengthCheck,
  patternCheck,
  typeCheck,
  relationshipsCheck,
  expressionCheck,
  ...datasetChecks,
]);

export type CheckConfig = z.infer<typeof check>;
export type AnomalyConfig = z.infer<typeof anomalyCheck>['anomaly'];
