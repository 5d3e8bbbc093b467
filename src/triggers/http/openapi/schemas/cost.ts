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
