import { z } from 'zod';
import { duration, name } from './common';

const breaker = z
  .strictObject({
    failureRate: z
      .number()
      .gt(0)
      .max(1)
      .default(0.5)
      .describe('Share of failed calls in the window that opens the breaker, from 0 to 1.'),
    minimumCalls: z.int().min(1).max(1000).default(10).describe('Calls in the window before the rate counts.'),
    window: duration.default('2m').describe('How far back calls count, such as 2m.'),
    openFor: duration.default('1m').describe('How long it stays open before one probe is let through, such as 1m.'),
    whenOpen: z
      .enum(['wait', 'fail'])
      .default('wait')
      .describe('What a pipeline does while it is open: wait for it, or fail at once.'),
    maxWait: duration.default('30m').describe('The longest wait before the pipeline fails, such as 30m.'),
  })
  .prefault({})
  .describe('The circuit breaker: when so many calls fail, nobody calls for a while.');

const maxPartitions = z
  .int()
  .min(1)
  .max(1000)
  .optional()
  .describe('Partitions of all runs that may use the connection at once; no limit without it.');

const description = z.string().max(2000).optional().describe('For people.');

const secret = z
  .string()
  .regex(
    /^\$\{secret:[a-z0-9-]{1,127}\}$/,
    'write ${secret:name}: a secret never stands in a file, nor does its version',
  );
const certificate = z
  .string()
  .regex(
    /^\$\{certificate:[a-z0-9-]{1,127}\}$/,
    'write ${certificate:name}: a certificate never stands in a file, nor does its version',
  );
const clientCertificate = certificate.optional();
const rootCertificate = certificate
  .optional()
  .describe(
    '${certificate:name}, the authority that signed the certificate of the server, in place of the public ones.',
  );

export const blobConnection = z.strictObject({
  kind: z.literal('blob').describe('A container of an Azure storage account.'),
  description,
  setting: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'a setting is named with letters, digits and _')
    .default('AzureWebJobsStorage')
    .describe('The prefix of the app settings that name the account: NAME or NAME__blobServiceUri.'),
  container: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/,
      'a container name has 3 to 63 lower-case letters, digits and single hyphens',
    )
    .describe('The container in which the files stand.'),
  maxPartitions,
  breaker,
});

export const postgresConnection = z.strictObject({
  kind: z.literal('postgres').describe('A PostgreSQL database, version 15 or newer.'),
  description,
  host: z.string().min(1).describe('Name or address of the server.'),
  port: z
    .union([
      z.int().min(1).max(65_535),
      z
        .string()
        .regex(/^\d{1,5}$/, 'a port is a number from 1 to 65535')
        .transform(Number),
    ])
    .default(5432)
    .describe('TCP port of the server.'),
  database: z.string().min(1).describe('The database to load into.'),
  user: z.string().min(1).describe('The role to log in as.'),
  password: secret
    .optional()
    .describe(
      '${secret:name}, read when a step connects. Without it, and without a certificate, a token of the managed identity is used.',
    ),
  clientCertificate: clientCertificate.describe(
    '${certificate:name}, shown to the server to say who we are; the password, where there is one, is sent besides.',
  ),
  rootCertificate,
  tls: z
    .enum(['verify-full', 'require', 'off'])
    .default('verify-full')
    .describe('verify-full encrypts and checks the certificate, require encrypts only, off does neither.'),
  tlsReason: z
    .string()
    .trim()
    .min(10, 'a reason is a sentence that a reviewer understands')
    .max(500)
    .optional()
    .describe('Why a server on another machine is not checked: needed with tls: require.'),
  maxConnections: z.int().min(1).max(100).default(4).describe('Connections that one activity may open.'),
  statementTimeout: duration.default('10m').describe('The longest that one statement may run, such as 10m.'),
  lockTimeout: duration.default('1m').describe('The longest wait for a lock, such as 1m.'),
  maxPartitions,
  breaker,
});

const tablesConnection = z.strictObject({
  kind: z.literal('tables').describe('The tables of an Azure storage account.'),
  description,
  setting: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'a setting is named with letters, digits and _')
    .default('AzureWebJobsStorage')
    .describe('The prefix of the app settings that name the account: NAME or NAME__tableServiceUri.'),
  maxPartitions,
  breaker,
});

const folderConnection = z.strictObject({
  kind: z
    .literal('folder')
    .describe('A folder of this machine: for development, since an app in Azure has none that lasts.'),
  description,
  path: z.string().min(1).max(1000).describe("The folder; relative to the app's own."),
  maxPartitions,
  breaker,
});

/** `http` is for servers on this machine only, where nobody can listen on the way. */
const address = z
  .string()
  .max(2000)
  .regex(
    /^(https:\/\/[^\s@/?#]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
    'write https://host/path, without user, query or fragment',
  );
const httpAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none').describe('Nobody asks who we are.') }),
  z.strictObject({
    type: z.literal('apiKey').describe('A key in a header or in the query.'),
    value: secret.describe('${secret:name}, the key.'),
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,100}$/, 'a header is named with letters, digits and -')
      .optional()
      .describe('The header that carries it, such as X-API-Key.'),
    query: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('The parameter that carries it, where the server knows no header.'),
  }),
  z.strictObject({
    type: z.literal('basic').describe('A user and a password.'),
    user: z.string().min(1).max(200).describe('The user.'),
    password: secret.describe('${secret:name}, the password.'),
  }),
  z.strictObject({
    type: z.literal('oauth2').describe('OAuth 2 client credentials.'),
    tokenUrl: address.describe('Where tokens are given.'),
    clientId: z.string().min(1).max(200).describe('The client.'),
    clientSecret: secret.describe("${secret:name}, the client's secret."),
    scope: z.string().min(1).max(1000).optional().describe('What the token is for.'),
  }),
  z.strictObject({
    type: z.literal('managedIdentity').describe("A token of the app's own identity."),
    scope: z.string().min(1).max(1000).describe('What the token is for, such as api://sales/.default.'),
  }),
]);

export const httpConnection = z.strictObject({
  kind: z.literal('http').describe('A web API: REST with JSON, NDJSON or CSV.'),
  description,
  baseUrl: address.describe('What paths begin with; no request leaves its host.'),
  auth: httpAuth.default({ type: 'none' }).describe('How the app says who it is.'),
  clientCertificate: clientCertificate.describe(
    '${certificate:name}, shown to the host of baseUrl besides what auth says; not to the token endpoint.',
  ),
  rootCertificate,
  headers: z
    .record(
      z.string().regex(/^(?!authorization$|cookie$)[a-z0-9-]{1,100}$/i, 'not authorization or cookie: use auth'),
      z.string().max(1000),
    )
    .default({})
    .describe('Headers that every request carries.'),
  rateLimit: z
    .strictObject({
      requests: z.int().min(1).max(10_000).describe('Requests.'),
      per: duration.default('1s').describe('In so long a time, such as 1s.'),
    })
    .optional()
    .describe('How many requests the server wants at most from one partition.'),
  timeout: duration.default('1m').describe('The longest that one request may take, such as 1m.'),
  maxResponseBytes: z
    .int()
    .min(1024)
    .max(1 << 30)
    .default(64 << 20)
    .describe('The largest answer that is read; each is held in memory once.'),
  maxPartitions,
  breaker,
});

export const connection = z.discriminatedUnion('kind', [
  blobConnection,
  postgresConnection,
  httpConnection,
  tablesConnection,
  folderConnection,
]);
export const connectionsFile = z.strictObject({
  connections: z.record(name, connection).describe('What pipelines read from and load into, by name.'),
});

export type BlobConnection = z.infer<typeof blobConnection>;
export type HttpConnection = z.infer<typeof httpConnection>;
export type TablesConnection = z.infer<typeof tablesConnection>;
export type PostgresConnection = z.infer<typeof postgresConnection>;
export type Connection = z.infer<typeof connection>;
