import { z } from 'zod';
import { check } from './check';
import { columnName, columnType, duration, expression, name, threshold } from './common';
import { entityTarget, fileTarget } from './file-target';
import { merge, undo } from './merge';
import { runWindow } from './run-window';
import { sla } from './sla';
import { retention } from './retention';
import { source } from './source';
import { transformStep } from './transform';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const schedule = z.strictObject({
  cron: z.string().min(9).max(120).describe('Five fields: minute, hour, day of month, month, day of week.'),
  timeZone: z.string().default('UTC').describe('IANA name of the time zone in which cron is read.'),
  missed: z
    .enum(['all', 'last', 'none'])
    .default('last')
    .describe('What happens to due times that passed while the app was away; all is capped at 24.'),
});

const blobPath = z
  .string()
  .regex(/^[a-z0-9-]+\/.+$/, 'write container/path, with {name} for the part that varies')
  .max(300)
  .describe('container/path, with {name} for the part that varies.');
export const trigger = z.strictObject({
  schedule: schedule.optional().describe('Start when a time is due.'),
  blob: z
    .strictObject({
      path: blobPath,
      setting: z.string().default('AzureWebJobsStorage').describe('The app setting that names the storage account.'),
    })
    .optional()
    .describe('Start when a small file arrives: the host hands over the whole blob, so use event for large ones.'),
  event: z
    .strictObject({ path: blobPath })
    .optional()
    .describe('Start when a file arrives, over Event Grid, which carries only the reference: for files of any size.'),
});

export const target = z.strictObject({
  connection: name.describe('A connection that can be a target, such as a PostgreSQL database or a blob container.'),
  table: z
    .string()
    .regex(/^[^.\0]{1,63}(\.[^.\0]{1,63})?$/, 'write table or schema.table, each at most 63 characters')
    .optional()
    .describe('schema.table of a database, or an Azure table; created when it does not exist.'),
  ...fileTarget,
  ...entityTarget,
  writeDisposition: z
    .enum(['append', 'replace', 'merge'])
    .describe(
      'append adds rows, replace puts new rows in place of all old ones, merge in place of those that it brings anew.',
    ),
  key: z
    .array(columnName)
    .min(1)
    .optional()
    .describe('Columns of a unique key of the table; made as an index after the first load. merge needs it.'),
  merge: merge.optional().describe('How merge works; upsert when absent.'),
  undo: undo.optional().describe('How long a replace or a merge can be taken back.'),
});

/** Post-load verification, inside the publishing transaction. */
export const verifyRule = z.union([
  z.strictObject({ rowCount: z.literal('exact').describe('As many rows arrived as were sent.') }),
  z.strictObject({
    checksum: z
      .union([z.array(columnName).min(1), z.literal('*')])
      .describe("Columns whose checksums must be equal on both sides; '*' for all."),
  }),
  /** Written by the pipeline's author, run as the app's own role. */
  z.strictObject({
    sql: z
      .string()
      .min(1)
      .max(4000)
      .describe('One read-only statement for the target that gives one row with one boolean; true passes.'),
    name: z.string().min(1).max(120).optional().describe('What results call it.'),
  }),
]);

export const retry = z
  .strictObject({
    maxAttempts: z.int().min(1).max(20).default(5).describe('Attempts of one partition in one step, with the first.'),
    firstDelay: duration.default('2s').describe('Wait before the second attempt, such as 2s.'),
    backoff: z.number().min(1).max(10).default(2).describe('What each wait is multiplied with for the next.'),
    maxDelay: duration.default('2m').describe('The longest single wait, such as 2m.'),
    maxTotal: duration.default('30m').describe('The longest time for all attempts together, such as 30m.'),
  })
  .prefault({})
  .describe('How transient and infrastructure failures are tried again.');

const exampleRow = z.record(z.string(), scalar);
export const unitTest = z.strictObject({
  name: z.string().optional().describe('What it shows.'),
  given: z.array(exampleRow).min(1).describe('Rows of the source; columns left out are null.'),
  references: z
    .record(z.union([name, z.string().regex(/^file:/)]), z.array(exampleRow))
    .optional()
    .describe(
      'Rows of the tables that lookups and relationships read, by pipeline; file:<path> takes the place of a file.',
    ),
  expected: z
    .array(exampleRow)
    .optional()
    .describe('Rows that come out, in order; only the columns named are compared.'),
  quarantined: z
    .array(exampleRow)
    .optional()
    .describe(
      'Rows that are quarantined, with the values they came with and a reason; only the columns named are compared.',
    ),
});

export const parameter = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date']).describe('What the value must be.'),
  default: scalar.optional().describe('The value when a run gives none; without it a run must give one.'),
  values: z.array(scalar).min(1).max(200).optional().describe('The only values that it may have.'),
  min: z.union([z.number(), z.string()]).optional().describe('The least number or date.'),
  max: z.union([z.number(), z.string()]).optional().describe('The greatest number or date.'),
  description: z.string().optional().describe('For people.'),
});

export const pipeline = z.strictObject({
  pipeline: name.describe('The name of the pipeline; unique in the folder.'),
  description: z.string().max(2000).optional().describe('What it loads, for people.'),
  owner: z.string().max(200).optional().describe('Who answers for it.'),
  tags: z.record(z.string(), z.string()).default({}).describe('Texts for cost and search, such as costCenter.'),
  dependsOn: z.array(name).default([]).describe('Pipelines that the master runs first.'),
  parameters: z
    .record(name, parameter)
    .default({})
    .describe('Values that a run may be given; used as ${param:name} in expressions and texts.'),
  concurrency: z
    .strictObject({
      limit: z.literal(1).default(1).describe('Runs of the pipeline at once.'),
      onOverlap: z
        .enum(['queue', 'skip', 'fail'])
        .default('queue')
        .describe('What a second run does: wait for its turn, end as skipped, or fail.'),
    })
    .prefault({})
    .describe('What happens when a run starts while another is under way.'),
  priority: z
    .enum(['high', 'normal', 'low'])
    .default('normal')
    .describe('Whose partitions go first where there is not room for all; low ones are never kept waiting for ever.'),
  runWindow: runWindow
    .optional()
    .describe('Hours in which a run may begin; it may end after them. Without it a run begins when it is due.'),
  trigger: trigger.optional().describe('What starts the pipeline by itself.'),
  source: source.describe('Where rows come from.'),
  transform: z.array(transformStep).max(200).default([]).describe('Steps in order, each a map with one key.'),
  checks: z.array(check).max(200).default([]).describe('What must be true of the transformed rows.'),
  quarantine: z
    .strictObject({
      maxShare: threshold
        .optional()
        .describe('Rows (10) or share (1%) that may be quarantined; beyond it the run fails.'),
      retention: duration
        .default('90d')
        .describe('How long quarantined rows are kept, whatever was decided about them.'),
      review: z
        .strictObject({
          deadline: duration.default('14d').describe('How long rows wait for a decision.'),
          remindEvery: duration.default('1d').describe('How often it is said that rows wait.'),
          onDeadline: z
            .enum(['keep', 'discard'])
            .default('keep')
            .describe('keep leaves open rows as they are, discard leaves them out for good.'),
        })
        .prefault({})
        .describe('The review of quarantined rows by people.'),
    })
    .prefault({})
    .describe('Bounds on the rows that are kept aside.'),
  retention: retention.prefault({}).describe('How long what its runs leave is kept.'),
  target: target.describe('Where rows go.'),
  verify: z
    .array(verifyRule)
    .default([{ rowCount: 'exact' }])
    .describe('What must be true in the target before the load is committed.'),
  retry,
  sla: sla
    .optional()
    .describe('What is promised of the pipeline; monitoring keeps its history and warns before a miss.'),
  unitTests: z.array(unitTest).default([]).describe('Examples that sluice test runs through the transform and checks.'),
});

export { columnType, expression };
export type PipelineConfig = z.infer<typeof pipeline>;
export type TargetConfig = z.infer<typeof target>;
export type VerifyRule = z.infer<typeof verifyRule>;
export type RetryConfig = z.infer<typeof retry>;
export type ScheduleConfig = z.infer<typeof schedule>;
export type ParameterConfig = z.infer<typeof parameter>;
export type UnitTestConfig = z.infer<typeof unitTest>;
