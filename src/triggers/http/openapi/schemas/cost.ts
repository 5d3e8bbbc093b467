import { z } from 'zod';

const slotsState = {
  used: z.int().describe('Slots that are held.'),
  held: z.array(
    z.strictObject({
      run: z.string(),
      holder: z.string().describe('The orchestration whose wave of partitions has them.'),
      slots: z.int(),
      expiresAt: z.iso.datetime(),
    }),
  ),
  waiting: z
    .array(z.strictObject({ run: z.string(), holder: z.string(), priority: z.enum(['high', 'normal', 'low']) }))
    .describe('In the order of their turns.'),
};

export const slotsList = z.strictObject({
  pool: z.strictObject({ slots: z.int().nullable().describe('Null: without a limit.'), ...slotsState }),
  connections: z.array(z.strictObject({ connection: z.string(), slots: z.int(), ...slotsState })),
});

const amount = z.number().describe('In the currency of the prices.');
const connectionUsage = z.strictObject({
  calls: z.int(),
  ms: z.number(),
  sentBytes: z.number(),
  receivedBytes: z.number(),
});
const group = {
  key: z.string().nullable().describe('The pipeline, owner, ...; null for what belongs to none.'),
  runs: z.int(),
  rows: z.number().describe('Rows that targets took.'),
  bytes: z.number().describe('Bytes of artifacts that extraction left.'),
  cost: z.strictObject({
    compute: amount,
    executions: amount,
    blobOperations: amount,
    tableOperations: amount,
    database: amount,
    egress: amount,
    total: amount,
  }),
  usage: z.strictObject({
    executions: z.int(),
    activeMs: z.number().describe('Share of the active time of instances.'),
    gbSeconds: z.number(),
    blob: z.strictObject({ write: z.int(), list: z.int(), read: z.int(), other: z.int(), free: z.int() }),
    table: z.int(),
    storageSentBytes: z.number(),
    storageReceivedBytes: z.number(),
    connections: z.record(z.string(), connectionUsage),
  }),
  per: z
    .strictObject({ run: amount.nullable(), millionRows: amount.nullable(), gigabyte: amount.nullable() })
    .describe('Null where there was none.'),
};
const costGroup = z.strictObject(group);
const prices = z.strictObject({
  date: z.iso.date(),
  currency: z.string(),
  region: z.string(),
  source: z.string().describe('`prices.yaml`, or `list prices`.'),
  ageDays: z.int(),
  old: z.boolean(),
  warning: z.string().nullable(),
});

export const costsAnswer = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  groupBy: z.string(),
  prices,
  groups: z.array(costGroup).describe('The dearest first; days in order.'),
  total: costGroup,
});
export const runCostAnswer = z.strictObject({
  runId: z.string(),
  status: z.string(),
  prices,
  pipelines: z.array(z.strictObject({ ...group, activities: z.array(costGroup) })),
  total: costGroup,
});

export const maintenanceStarted = z.strictObject({
  id: z.string(),
  dryRun: z.boolean(),
  started: z.boolean().describe('False where one was under way.'),
  links: z.strictObject({ maintenance: z.string() }),
});
export const maintenanceAnswer = z.strictObject({
  id: z.string(),
  dryRun: z.boolean(),
  ended: z.boolean(),
  policies: z.array(
    z.strictObject({
      policy: z.string().describe('Class of data.'),
      pipeline: z.string().nullable(),
      action: z.enum(['delete', 'archive']),
      count: z.int().describe('Blobs, or rows.'),
      bytes: z.number(),
    }),
  ),
  reports: z.array(z.strictObject({ task: z.string(), count: z.int(), items: z.array(z.string()) })),
  failures: z.array(z.looseObject({ code: z.string(), message: z.string() })),
});

export const findingsAnswer = z.strictObject({
  days: z.int(),
  prices,
  findings: z
    .array(
      z.strictObject({
        kind: z.enum([
          'idle-pipeline',
          'oversized-memory',
          'hot-data',
          'retention-not-applied',
          'lookups-reload',
          'small-partitions',
        ]),
        pipeline: z.string().nullable(),
        message: z.string(),
        fix: z.string(),
        monthlySaving: amount.nullable().describe('An estimate for 30 days; null where it cannot be told.'),
        figures: z.record(z.string(), z.number()).describe('What the estimate rests on.'),
      }),
    )
    .describe('What saves most first.'),
});
