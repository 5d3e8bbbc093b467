import { z } from 'zod';
import { columnName, columnType, expression, name, severity, threshold } from './common';

/** What every check may say. Beyond `maxFailures` the run fails before anything is published. */
const common = {
  name: z.string().min(1).max(120).optional(),
  onFailure: severity.default('quarantine'),
  maxFailures: threshold.optional(),
};
const columns = z.array(columnName).min(1);
const withColumns = z.union([columns, z.strictObject({ columns, ...common })]);
const value = z.union([z.string(), z.number(), z.boolean()]);

export const notNullCheck = z.strictObject({ notNull: withColumns });
/** The columns together are unique in the whole slice, over all partitions. */
export const uniqueCheck = z.strictObject({ unique: withColumns });
export const acceptedValuesCheck = z.strictObject({
  acceptedValues: z.strictObject({ column: columnName, values: z.array(value).min(1).max(1000), ...common }),
});
export const rangeCheck = z.strictObject({
  range: z.strictObject({
    column: columnName,
    min: z.union([z.number(), z.string()]).optional(),
    max: z.union([z.number(), z.string()]).optional(),
    ...common,
  }),
});
export const lengthCheck = z.strictObject({
  length: z.strictObject({
    column: columnName,
    min: z.int().min(0).optional(),
    max: z.int().min(0).optional(),
    ...common,
  }),
});
export const patternCheck = z.strictObject({
  pattern: z.strictObject({ column: columnName, regex: z.string().min(1).max(500), ...common }),
});
export const typeCheck = z.strictObject({ type: z.strictObject({ column: columnName, type: columnType, ...common }) });
/** Every value of the column stands in the field of another pipeline's published data. Nulls pass. */
export const relationshipsCheck = z.strictObject({
  relationships: z.strictObject({ column: columnName, to: name, field: columnName, ...common }),
});
/** Rows for which the expression is not true fail; null counts as failing unless `nullPasses`. */
export const expressionCheck = z.strictObject({
  expression: z.strictObject({ sql: expression, nullPasses: z.boolean().default(false), ...common }),
});
export const rowCountCheck = z.strictObject({
  rowCount: z.strictObject({
    min: z.int().min(0).optional(),
    max: z.int().min(0).optional(),
    ...common,
    onFailure: z.enum(['warn', 'fail']).default('fail'),
  }),
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
  rowCountCheck,
]);

export type CheckConfig = z.infer<typeof check>;
