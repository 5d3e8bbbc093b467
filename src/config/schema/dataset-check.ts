import { z } from 'zod';
import { columnName, columnType, duration, threshold } from './common';

/** What every check on the slice as a whole may say: there are no rows to quarantine. */
const common = {
  name: z.string().min(1).max(120).optional().describe('What results call it; unique in the pipeline.'),
  onFailure: z.enum(['warn', 'fail']).default('fail').describe('warn goes on, fail ends the run before publishing.'),
};
const column = columnName.describe('The column to look at.');
const columns = z.array(columnName).min(1, 'name at least one column');
const least = (what: string) => z.number().optional().describe(`The least ${what} allowed.`);
const greatest = (what: string) => z.number().optional().describe(`The greatest ${what} allowed.`);
/** Sums are exact, and may have more digits than a number of YAML holds. */
const exactBound = z.union([
  z.number(),
  z.string().regex(/^[+-]?\d{1,60}(\.\d{1,30})?$/, "a bound is a number, such as 1000 or '12345678901234567890.12'"),
]);

export const rowCountCheck = z.strictObject({
  rowCount: z
    .strictObject({
      min: z.int().min(0).optional().describe('The least number of rows.'),
      max: z.int().min(0).optional().describe('The greatest number of rows.'),
      ...common,
    })
    .describe('How many rows the run may load.'),
});
export const freshnessCheck = z.strictObject({
  freshness: z
    .strictObject({
      column: columnName.describe('A date, timestamp or timestamptz.'),
      maxAge: duration.describe('How old the newest value may be when the run starts, such as 26h.'),
      timeZone: z
        .string()
        .default('UTC')
        .describe('IANA name of the zone that dates and timestamps are in; a timestamptz carries its own.'),
      ...common,
    })
    .describe('The newest value is young enough. Values after the start of the run do not count.'),
});
export const sumCheck = z.strictObject({
  sum: z
    .strictObject({
      column,
      min: exactBound.optional().describe('The least sum allowed.'),
      max: exactBound.optional().describe('The greatest sum allowed.'),
      ...common,
    })
    .describe('The sum of a column of numbers; nulls do not count, and the sum of nothing is 0.'),
});
export const meanCheck = z.strictObject({
  mean: z
    .strictObject({ column, min: least('mean'), max: greatest('mean'), ...common })
    .describe('The mean of a column of numbers; nulls do not count.'),
});
export const quantileCheck = z.strictObject({
  quantile: z
    .strictObject({
      column,
      q: z.number().min(0).max(1).describe('Which quantile: 0.5 is the median.'),
      min: least('value'),
      max: greatest('value'),
      ...common,
    })
    .describe('A quantile of a column of numbers, interpolated between neighbours; nulls do not count.'),
});
export const distinctCountCheck = z.strictObject({
  distinctCount: z
    .strictObject({
      column,
      min: z.int().min(0).optional().describe('The least number of different values.'),
      max: z.int().min(0).optional().describe('The greatest number of different values.'),
      ...common,
    })
    .describe('How many different values a column has; null is none.'),
});
export const nullRateCheck = z.strictObject({
  nullRate: z
    .strictObject({ column, max: threshold.describe('Rows (10) or share (1%) that may be null.'), ...common })
    .describe('How many nulls a column has. Unlike notNull, it takes no row out.'),
});
export const duplicatesCheck = z.strictObject({
  duplicates: z
    .strictObject({
      columns: columns.describe('The columns that are the key together.'),
      max: threshold.default(0).describe('Rows (10) or share (1%) that may repeat a key.'),
      ...common,
    })
    .describe('How many rows repeat a key that another row has; a key with a null is not compared.'),
});
export const schemaCheck = z.strictObject({
  schema: z
    .strictObject({
      columns: z.record(columnName, columnType).describe('Columns after the transform with their types, in any order.'),
      mode: z
        .enum(['exact', 'atLeast'])
        .default('exact')
        .describe('exact allows no other column, atLeast allows further ones.'),
      ...common,
    })
    .describe('The columns that leave the transform.'),
});
export const anomalyCheck = z.strictObject({
  anomaly: z
    .strictObject({
      metric: z
        .enum(['rowCount', 'nullRate', 'mean', 'distinctCount'])
        .describe('What is compared with the published runs before.'),
      column: columnName.optional().describe('The column of the metric; rowCount has none.'),
      sensitivity: z
        .number()
        .min(0.5)
        .max(100)
        .default(3.5)
        .describe('The greatest modified z-score that is no anomaly; a lower one finds more.'),
      minPoints: z
        .int()
        .min(7)
        .max(200)
        .default(7)
        .describe('Published runs before the first verdict; until then it learns.'),
      relativeFloor: z
        .string()
        .regex(/^(100(\.0+)?|\d{1,2}(\.\d+)?)%$/, 'a share is written 5% or 0.5%, and is at most 100%')
        .default('5%')
        .describe('How far from the median a value may be when the runs before hardly differ (a MAD of 0).'),
      name: common.name,
      onFailure: common.onFailure.default('warn'),
    })
    .describe("A metric that lies far from this pipeline's own history."),
});

/** Checks on the slice as a whole, over all partitions. */
export const datasetChecks = [
  rowCountCheck,
  freshnessCheck,
  sumCheck,
  meanCheck,
  quantileCheck,
  distinctCountCheck,
  nullRateCheck,
  duplicatesCheck,
  schemaCheck,
  anomalyCheck,
] as const;
