import { loadProject } from '../../../src/config/load-project';
import { eventSubscriptions } from '../../../src/project/roles/event-subscriptions';
import type { Need } from '../../../src/project/roles/need';
import { alertsFile } from '../../../src/config/schema/alerts';
import { projectNeeds, type NeedSettings } from '../../../src/project/roles/project-needs';
import { secretNamesOf } from '../../../src/project/roles/secret-needs';
import { projectFolder, removeFolders } from '../config/support/project-folder';

afterEach(removeFolders);

const CONNECTIONS = `connections:
  landing: { kind: blob, setting: DATA, container: landing }
  lake: { kind: blob, setting: DATA, container: lake }
  crm: { kind: tables, setting: CRM }
  warehouse: { kind: postgres, host: db.example.com, database: sales, user: sluice }
  shop: { kind: postgres, host: shop.example.com, database: shop, user: reader, password: '\${secret:shop-password}' }
  orders: { kind: http, baseUrl: https://orders.example.com, auth: { type: managedIdentity, scope: api://orders/.default } }
  ledger: { kind: postgres, host: ledger.example.com, database: ledger, user: cert, clientCertificate: '\${certificate:client}' }
  keyed: { kind: http, baseUrl: https://keyed.example.com, auth: { type: apiKey, value: '\${secret:key}', header: X-Key } }
`;

function project(pipelines: Readonly<Record<string, string>>) {
  const files = Object.entries(pipelines).map(([name, yaml]) => [`${name}.yaml`, `pipeline: ${name}\n${yaml}`]);
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, ...Object.fromEntries(files) });
  const loaded = loadProject({ folder, environment: 'local', env: {} });
  if (loaded.project === null) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.project;
}

const brief = ({ kind, resource, scope, role }: Need): string => `${kind} ${resource}, ${scope}: ${role}`;
const INTO_LAKE = 'target: { connection: lake, path: out, writeDisposition: append }\n';
const INTO_WAREHOUSE = 'target: { connection: warehouse, table: mart.t, writeDisposition: append }\n';
const SETTINGS = { storage: 'DATA', eventQueue: null };
/** What a project without any pipeline needs. */
const always = projectNeeds({ connections: {}, pipelines: {} }, SETTINGS).map(brief);
const needsOf = (pipelines: Readonly<Record<string, string>>, settings: NeedSettings = SETTINGS): string[] =>
  projectNeeds(project(pipelines), settings)
    .map(brief)
    .filter((need) => !always.includes(need));

test('the host and the state of the app', () => {
  expect(always).toEqual([
    'storage AzureWebJobsStorage, account: Storage Blob Data Owner',
    'storage AzureWebJobsStorage, account: Storage Queue Data Contributor',
    'storage AzureWebJobsStorage, account: Storage Table Data Contributor',
    'storage DATA, container work: Storage Blob Data Contributor',
    'storage DATA, container audit: Storage Blob Data Contributor',
    'storage DATA, account: Storage Table Data Contributor',
    'insights APPLICATIONINSIGHTS_CONNECTION_STRING, resource: Monitoring Metrics Publisher',
  ]);
});

test('one account for all: what is wider holds what is narrower', () => {
  const all = projectNeeds(
    { connections: {}, pipelines: {} },
    { storage: 'AzureWebJobsStorage', eventQueue: 'events' },
  );
  expect(all.map(brief).filter((need) => need.startsWith('storage'))).toEqual(always.slice(0, 3));
});

const FILES = 'source: { connection: landing, files: a/*.csv, columns: { id: integer } }\n';
test.each<[string, Record<string, string>, string[]]>([
  [
    'files are read, a container is written',
    { a: FILES + INTO_LAKE },
    [
      'storage DATA, container landing: Storage Blob Data Reader',
      'storage DATA, container lake: Storage Blob Data Contributor',
    ],
  ],
  [
    'a container that another pipeline writes is not read apart',
    { a: FILES + INTO_LAKE, b: FILES.replace('landing', 'lake') + INTO_WAREHOUSE },
    [
      'storage DATA, container landing: Storage Blob Data Reader',
      'storage DATA, container lake: Storage Blob Data Contributor',
      'database warehouse, sales as sluice, by a token of the identity: CONNECT and CREATE on the database',
    ],
  ],
  [
    'one table of an account',
    { a: `source: { connection: crm, table: contacts, columns: { PartitionKey: string } }\n${INTO_LAKE}` },
    [
      'storage CRM, table contacts: Storage Table Data Reader',
      'storage DATA, container lake: Storage Blob Data Contributor',
    ],
  ],
  [
    'tables that are loaded',
    {
      a: `${FILES}checks: [{ unique: [id] }]\ntarget: { connection: crm, table: Contacts, writeDisposition: merge, partitionKey: id, rowKey: id }\n`,
    },
    [
      'storage DATA, container landing: Storage Blob Data Reader',
      'storage CRM, account: Storage Table Data Contributor',
    ],
  ],
  [
    'a database by password',
    { a: `source: { connection: shop, table: public.orders, columns: { id: integer } }\n${INTO_LAKE}` },
    [
      'database shop, shop as reader: SELECT on public.orders',
      'storage DATA, container lake: Storage Blob Data Contributor',
      'vault KEY_VAULT_URI, vault: Key Vault Secrets User',
    ],
  ],
  [
    'a web API by identity',
    { a: `source: { connection: orders, request: { path: /v1 }, columns: { id: integer } }\n${INTO_LAKE}` },
    [
      'api orders, https://orders.example.com: an app role of api://orders',
      'storage DATA, container lake: Storage Blob Data Contributor',
    ],
  ],
  [
    'a salt of a mask',
    { a: `${FILES}transform:\n  - mask: { columns: [id], method: sha256, salt: '\${secret:salt}' }\n${INTO_LAKE}` },
    [
      'storage DATA, container landing: Storage Blob Data Reader',
      'storage DATA, container lake: Storage Blob Data Contributor',
      'vault KEY_VAULT_URI, vault: Key Vault Secrets User',
    ],
  ],
  [
    'a blob trigger',
    { a: `${FILES}trigger: { blob: { path: 'landing/a/{name}.csv', setting: DATA } }\n${INTO_LAKE}` },
    [
      'storage DATA, container landing: Storage Blob Data Owner',
      'storage DATA, account: Storage Queue Data Contributor',
      'storage DATA, container lake: Storage Blob Data Contributor',
    ],
  ],
])('%s', (_, pipelines, expected) => {
  expect(needsOf(pipelines)).toEqual(expected);
});

test('with a queue for events the host needs none of its own', () => {
  const pipelines = { a: `${FILES}trigger: { blob: { path: 'landing/a/{name}.csv', setting: DATA } }\n${INTO_LAKE}` };
  expect(needsOf(pipelines, { storage: 'DATA', eventQueue: 'events' })).toEqual([
    'storage DATA, queue events: Storage Queue Data Contributor',
    'storage DATA, queue events-poison: Storage Queue Data Message Sender',
    'storage DATA, container landing: Storage Blob Data Reader',
    'storage DATA, container lake: Storage Blob Data Contributor',
  ]);
});

test('every reason of a role is kept, once', () => {
  const needs = projectNeeds(project({ a: FILES + INTO_LAKE, b: FILES + INTO_WAREHOUSE }), SETTINGS);
  expect(needs.find(({ scope }) => scope === 'container landing')?.reasons).toEqual([
    'pipeline a reads from landing',
    'pipeline b reads from landing',
  ]);
});

test.each([
  ['landing/a/{name}.csv', '/blobServices/default/containers/landing/blobs/a/', '.csv'],
  ['landing/{year}/{name}.csv.gz', '/blobServices/default/containers/landing/blobs/', '.csv.gz'],
  ['landing/a/{name}', '/blobServices/default/containers/landing/blobs/a/', ''],
  ['landing/a/one.csv', '/blobServices/default/containers/landing/blobs/a/one.csv', 'a/one.csv'],
])('Event Grid is told of %s', (path, subjectBeginsWith, subjectEndsWith) => {
  const its = project({ a: `${FILES}trigger: { event: { path: '${path}' } }\n${INTO_LAKE}` });
  expect(eventSubscriptions(its)).toEqual([{ function: 'event-a', kind: 'event', subjectBeginsWith, subjectEndsWith }]);
});

test('channels read secrets, and send as the identity of the app where they have no key', () => {
  const alerts = alertsFile.parse({
    channels: {
      team: { kind: 'teams', url: '${secret:teams}', host: 'hooks.example.com' },
      mail: { kind: 'mail', endpoint: 'https://acs.example.com', from: 'a@example.com', to: ['b@example.com'] },
      sms: {
        kind: 'sms',
        endpoint: 'https://acs.example.com',
        accessKey: '${secret:acs}',
        from: 'Sluice',
        to: ['+491234567'],
      },
    },
    routes: [],
    acknowledge: { secret: '${secret:links}' },
  });
  const needs = projectNeeds({ connections: {}, pipelines: {} }, SETTINGS, alerts);
  expect(needs.find(({ kind }) => kind === 'vault')?.reasons).toEqual([
    'channel team reads the secret teams',
    'channel sms reads the secret acs',
    'links in messages are signed with the secret links',
  ]);
  expect(needs.filter(({ kind }) => kind === 'communication')).toMatchObject([
    {
      resource: 'https://acs.example.com',
      role: 'Communication and Email Service Owner',
      reasons: ['channel mail sends as the identity of the app'],
    },
  ]);
});

test('secrets and certificates that pipelines use, each once; a certificate needs no token', () => {
  const used = project({
    a: `source: { connection: ledger, table: x.y, incremental: { by: column, column: id } }\n${INTO_WAREHOUSE}`,
    b: `source: { connection: shop, table: x.y, columns: { mail: string } }\ntransform: [{ mask: { columns: [mail], method: token, salt: '\${secret:salt}' } }]\n${INTO_LAKE}`,
  });
  expect(secretNamesOf(used)).toEqual(['client', 'salt', 'shop-password']);
  const needs = projectNeeds(used, SETTINGS);
  expect(needs.find(({ kind }) => kind === 'vault')).toMatchObject({
    role: 'Key Vault Secrets User',
    reasons: expect.arrayContaining(['connection ledger reads the certificate client']) as string[],
  });
  expect(needs.find(({ resource }) => resource === 'ledger')?.scope).toBe('ledger as cert');
});
