import { z } from 'zod';
import { duration, name } from './common';

const breaker = z
  .strictObject({
    /** Share of failures in the window that opens the breaker, 0 to 1. */
    failureRate: z.number().gt(0).max(1).default(0.5),
    /** Calls in the window before the rate counts. */
    minimumCalls: z.int().min(1).max(1000).default(10),
    window: duration.default('2m'),
    openFor: duration.default('1m'),
    /** What a pipeline does while the breaker is open. */
    whenOpen: z.enum(['wait', 'fail']).default('wait'),
    /** The longest wait before the pipeline fails. */
    maxWait: duration.default('30m'),
  })
  .prefault({});

export const blobConnection = z.strictObject({
  kind: z.literal('blob'),
  description: z.string().optional(),
  /** The prefix of the app settings that name the account: `LANDING` or `LANDING__blobServiceUri`. */
  setting: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/)
    .default('AzureWebJobsStorage'),
  container: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/,
      'a container name has 3 to 63 lower-case letters, digits and single hyphens',
    ),
  breaker,
});

export const postgresConnection = z.strictObject({
  kind: z.literal('postgres'),
  description: z.string().optional(),
  host: z.string().min(1),
  port: z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]).default(5432),
  database: z.string().min(1),
  user: z.string().min(1),
  /** A `${secret:...}`; stays unresolved in plans and logs. Without it: a token of the managed identity. */
  password: z
    .string()
    .regex(/^\$\{secret:[a-z0-9-]+\}$/, 'write ${secret:name}: a password never stands in a file')
    .optional(),
  tls: z.enum(['verify-full', 'require', 'off']).default('verify-full'),
  /** Connections that one activity may open. */
  maxConnections: z.int().min(1).max(100).default(4),
  statementTimeout: duration.default('10m'),
  lockTimeout: duration.default('1m'),
  breaker,
});

export const connection = z.discriminatedUnion('kind', [blobConnection, postgresConnection]);
export const connectionsFile = z.strictObject({ connections: z.record(name, connection) });

export type BlobConnection = z.infer<typeof blobConnection>;
export type PostgresConnection = z.infer<typeof postgresConnection>;
export type Connection = z.infer<typeof connection>;
