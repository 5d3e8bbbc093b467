import { z } from 'zod';
import { check } from './check';
import { columnName, columnType, duration, expression, name, threshold } from './common';
import { source } from './source';
import { transformStep } from './transform';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const schedule = z.strictObject({
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: z.string().min(9).max(120),
  /** IANA name; the time zone in which `cron` is read. */
  timeZone: z.string().default('UTC'),
  /** What happens to due times that passed while the app was away. `all` is capped at 24. */
  missed: z.enum(['all', 'last', 'none']).default('last'),
});

const blobPath = z
  .string()
  .regex(/^[a-z0-9-]+\/.+$/, 'container/path, with {name} for the part that varies')
  .max(300);
export const trigger = z.strictObject({
  schedule: schedule.optional(),
  blob: z.strictObject({ path: blobPath, setting: z.string().default('AzureWebJobsStorage') }).optional(),
  event: z.strictObject({ path: blobPath }).optional(),
});

export const target = z.strictObject({
  connection: name,
  /** `schema.table`; created when it does not exist. */
  table: z.string().regex(/^[^.\0]{1,63}(\.[^.\0]{1,63})?$/, 'table or schema.table'),
  writeDisposition: z.enum(['append', 'replace']),
  /** Unique key of the table; made as an index after the first load. */
  key: z.array(columnName).min(1).optional(),
});

/** Post-load verification, inside the publishing transaction. */
export const verifyRule = z.union([
  z.strictObject({ rowCount: z.literal('exact') }),
  z.strictObject({ checksum: z.union([z.array(columnName).min(1), z.literal('*')]) }),
  /** One read-only statement that gives one row with one boolean. Written by the pipeline's author, run as the app's own role. */
  z.strictObject({ sql: z.string().min(1).max(4000), name: z.string().optional() }),
]);

export const retry = z
  .strictObject({
    maxAttempts: z.int().min(1).max(20).default(5),
    firstDelay: duration.default('2s'),
    backoff: z.number().min(1).max(10).default(2),
    maxDelay: duration.default('2m'),
    maxTotal: duration.default('30m'),
  })
  .prefault({});

export const unitTest = z.strictObject({
  name: z.string().optional(),
  given: z.array(z.record(z.string(), scalar)).min(1),
  references: z.record(name, z.array(z.record(z.string(), scalar))).optional(),
  expected: z.array(z.record(z.string(), scalar)).optional(),
  quarantined: z.array(z.record(z.string(), scalar)).optional(),
});

export const parameter = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date']),
  default: scalar.optional(),
  description: z.string().optional(),
});

export const pipeline = z.strictObject({
  pipeline: name,
  description: z.string().max(2000).optional(),
  owner: z.string().max(200).optional(),
  tags: z.record(z.string(), z.string()).default({}),
  dependsOn: z.array(name).default([]),
  parameters: z.record(name, parameter).default({}),
  concurrency: z
    .strictObject({ limit: z.literal(1).default(1), onOverlap: z.enum(['queue', 'skip', 'fail']).default('queue') })
    .prefault({}),
  trigger: trigger.optional(),
  source,
  transform: z.array(transformStep).max(200).default([]),
  checks: z.array(check).max(200).default([]),
  quarantine: z.strictObject({ maxShare: threshold.optional() }).prefault({}),
  target,
  verify: z.array(verifyRule).default([{ rowCount: 'exact' }]),
  retry,
  unitTests: z.array(unitTest).default([]),
});

export { columnType, expression };
export type PipelineConfig = z.infer<typeof pipeline>;
export type TargetConfig = z.infer<typeof target>;
export type VerifyRule = z.infer<typeof verifyRule>;
export type RetryConfig = z.infer<typeof retry>;
export type ScheduleConfig = z.infer<typeof schedule>;
export type ParameterConfig = z.infer<typeof parameter>;
export type UnitTestConfig = z.infer<typeof unitTest>;
