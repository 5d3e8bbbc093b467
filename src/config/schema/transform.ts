import { z } from 'zod';
import { columnName, columnType, expression, name } from './common';

const castTo = z.union([
  columnType,
  z.strictObject({
    type: columnType,
    /** strptime patterns, tried in turn, for date, time and timestamp. */
    formats: z.array(z.string().min(1)).optional(),
    /** Zone of texts without one, for timestamptz; IANA name. */
    timeZone: z.string().optional(),
    decimalMark: z.enum(['.', ',']).default('.'),
    thousandsMark: z.enum(['', '.', ',', ' ', "'"]).default(''),
    /** Texts removed before the cast, such as `$`. */
    strip: z.array(z.string().min(1)).default([]),
    /** Lenient casts follow DuckDB's TRY_CAST ('1.6' becomes 2). */
    strict: z.boolean().default(true),
    /** Rows whose value cannot be cast: to quarantine, or the value to null. */
    onFailure: z.enum(['quarantine', 'null']).default('quarantine'),
  }),
]);

export const castStep = z.strictObject({ cast: z.record(columnName, castTo) });
export const renameStep = z.strictObject({
  rename: z.union([z.record(columnName, columnName), z.literal('snake_case')]),
});
export const selectStep = z.strictObject({ select: z.array(columnName).min(1) });
export const dropStep = z.strictObject({ drop: z.array(columnName).min(1) });
export const deriveStep = z.strictObject({ derive: z.record(columnName, expression) });
/** Keeps the rows for which the expression is true; the others are counted as filtered. */
export const filterStep = z.strictObject({ filter: expression });
export const cleanseStep = z.strictObject({
  cleanse: z.strictObject({
    columns: z.union([z.array(columnName).min(1), z.literal('*')]).default('*'),
    trim: z.boolean().default(true),
    collapseSpaces: z.boolean().default(false),
    case: z.enum(['upper', 'lower', 'keep']).default('keep'),
    /** Texts that become null after trimming. */
    nullTokens: z.array(z.string()).default([]),
    unicode: z.enum(['NFC', 'keep']).default('keep'),
    replace: z.array(z.strictObject({ pattern: z.string().min(1).max(500), with: z.string() })).default([]),
  }),
});
export const deduplicateStep = z.strictObject({
  deduplicate: z.strictObject({
    /** Columns that make a row the same; all columns when absent. */
    keys: z.array(columnName).min(1).optional(),
    /** Which of the same rows stays: `updated_at desc`; source order by file and row decides last. */
    orderBy: z.array(z.string().regex(/^\S.*?( (asc|desc))?$/i)).default([]),
  }),
});
export const lookupStep = z.strictObject({
  lookup: z.strictObject({
    /** The pipeline whose published data is read; it must be in `dependsOn`. */
    from: name,
    /** Our column to its column. */
    match: z.record(columnName, columnName),
    /** Our new column to its column. */
    take: z.record(columnName, columnName),
    missing: z.enum(['keepNull', 'quarantine', 'fail']).default('keepNull'),
  }),
});
export const ruleStep = z.strictObject({
  rule: z.strictObject({
    name: z.string().optional(),
    when: expression,
    set: z.record(columnName, expression),
    else: z.record(columnName, expression).optional(),
    reason: z.string().min(1).max(200).optional(),
  }),
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
