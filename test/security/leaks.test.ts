import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { startIngestionServer, type IngestionServer } from '../support/ingestion-server';
import { receivingServer, type ReceivingServer } from '../support/receiving-server';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { sluice } from '../unit/cli/support/sluice';
import { peopleOf, plantedTexts, SECRETS, type Person } from './support/planted';
import { SURFACES } from './support/surfaces';

const MASKS = `transform:
  - mask: { columns: [email], method: token, salt: '\${secret:salt}' }
  - mask: { columns: [full_name], method: redact }
  - mask: { columns: [card], method: sha256, salt: '\${secret:salt}' }
`;
const COLUMNS = 'columns: { id: integer, full_name: string, email: string, card: string }';
const CHECKS = `checks:
  - unique: { columns: [email], onFailure: quarantine }
  - range: { column: id, max: 100, onFailure: quarantine }
quarantine: { maxShare: 100% }
`;
const target = (table: string, more = '') =>
  `target: { connection: warehouse, table: leaks.${table}, writeDisposition: append }\n${more}`;
const filesOf = (name: string, extension: string) =>
  `source: { connection: landing, files: ${name}/*.${extension}, incremental: { by: file }, ${COLUMNS} }\n`;
const requests = (connection: string, path = '/people') =>
  `source: { connection: ${connection}, request: { path: ${path} }, ${COLUMNS} }\n`;

/** Pipelines by name, with what becomes of their run. */
const PIPELINES: Readonly<Record<string, { readonly yaml: string; readonly code: string | null }>> = {
  csv: { yaml: filesOf('csv', 'csv') + MASKS + CHECKS + target('csv'), code: null },
  json: { yaml: filesOf('json', 'ndjson') + MASKS + CHECKS + target('json'), code: null },
  broken: {
    yaml: filesOf('broken', 'csv') + MASKS + CHECKS.replace('100%', '1%') + target('broken'),
    code: 'checks-failed',
  },
  headless: { yaml: filesOf('headless', 'csv') + MASKS + target('headless'), code: 'source-schema-mismatch' },
  bytes: { yaml: filesOf('bytes', 'csv') + MASKS + target('bytes'), code: null },
  cut: { yaml: filesOf('cut', 'json') + MASKS + target('cut'), code: 'file-unreadable' },
  frozen: {
    yaml:
      filesOf('csv', 'csv').replace('incremental', 'schema: { types: freeze }, incremental') + MASKS + target('frozen'),
    code: 'source-types-changed',
  },
  tables: {
    yaml: `source: { connection: registry, table: people, schema: { columns: discardValue }, ${COLUMNS} }\n${MASKS}${CHECKS}${target('tables')}`,
    code: null,
  },
  crm: {
    yaml: `source: { connection: crm, table: crm.people, ${COLUMNS} }\n${MASKS}${CHECKS}${target('crm')}`,
    code: null,
  },
  'crm-cast': {
    yaml: `source: { connection: crm, query: 'SELECT CAST(email AS integer) AS id, full_name, email, card FROM crm.people', ${COLUMNS} }\n${MASKS}${target('cast')}`,
    code: 'source-request-refused',
  },
  oauth: { yaml: requests('oauth') + MASKS + CHECKS + target('oauth'), code: null },
  'refused-oauth': { yaml: requests('refused-oauth') + target('x'), code: 'authentication-failed' },
  'refused-header': { yaml: requests('header', '/refused') + target('x'), code: 'authentication-failed' },
  'refused-query': { yaml: requests('query', '/bad') + target('x'), code: 'source-request-refused' },
  'refused-basic': { yaml: requests('basic', '/refused') + target('x'), code: 'authentication-failed' },
  'moved-basic': { yaml: requests('basic', '/moved') + target('x'), code: 'source-request-refused' },
  'no-json': { yaml: requests('header', '/text') + MASKS + target('x'), code: 'file-unreadable' },
  shared: { yaml: filesOf('plain', 'csv').replace('landing', 'shared') + target('x'), code: 'authentication-failed' },
  locked: {
    yaml: filesOf('plain', 'csv') + target('locked').replace('warehouse', 'locked'),
    code: 'authentication-failed',
  },
  taken: { yaml: filesOf('plain', 'csv') + target('taken'), code: 'target-constraint-violated' },
  guarded: { yaml: filesOf('plain', 'csv') + target('guarded'), code: 'target-query-failed' },
  narrow: { yaml: filesOf('plain', 'csv') + target('narrow'), code: 'target-value-refused' },
  disputed: {
    yaml:
      filesOf('plain', 'csv') +
      target('disputed', `verify: [{ sql: 'SELECT CAST(email AS integer) = 0 FROM leaks.disputed' }]\n`),
    code: 'verification-failed',
  },
};

const csvOf = (people: readonly Person[], from = 1) =>
  people.map(({ fullName, email, card }, index) => `${from + index},${fullName},${email},${card}`).join('\n');
const SYSTEM = '_sluice_load bigint, _sluice_file integer, _sluice_row bigint';
const HEADER = 'id,full_name,email,card\n';
const rowsOf = (people: readonly Person[]) =>
  people.map(({ fullName, email, card }, index) => ({ id: index + 1, full_name: fullName, email, card }));

/** Answers as an API does whose developers thought that errors should be helpful: with all that was sent. */
async function startEcho(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://echo');
      const echo = JSON.stringify({ error: body, url: request.url, headers: request.headers, body });
      const answer = (status: number, text: string, headers = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
      if (url.pathname === '/token') answer(200, JSON.stringify({ access_token: SECRETS.accessToken, expires_in: 60 }));
      else if (url.pathname === '/refused-token') answer(401, echo);
      else if (url.pathname === '/people')
        answer(200, JSON.stringify([...rowsOf(peopleOf('Http')), peopleOf('Http')[2].email]));
      else if (url.pathname === '/text')
        answer(200, `<p>${peopleOf('Http')[0].fullName} ${peopleOf('Http')[0].email}</p>`);
      else if (url.pathname === '/moved')
        answer(302, echo, { location: `https://user:${SECRETS.basicPassword}@other.example/` });
      else if (url.pathname === '/bad') answer(400, echo);
      else if (url.pathname === '/refused')
        answer(401, echo, { 'www-authenticate': `Basic realm="${request.headers.authorization}"` });
      else
        answer(403, `<Error><Code>AuthenticationFailed</Code><Message>${request.url}</Message></Error>`, {
          'content-type': 'application/xml',
        });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const connections = (echo: string) =>
  `connections:
  landing: { kind: blob, container: landing }
  shared: { kind: blob, setting: SHARED, container: landing }
  registry: { kind: tables, setting: AzureWebJobsStorage }
  warehouse: &warehouse { kind: postgres, host: 127.0.0.1, port: '\${env:WAREHOUSE_PORT}', database: '\${env:WAREHOUSE_DATABASE}',
    user: '\${env:WAREHOUSE_USER}', password: '\${secret:warehouse-password}', tls: 'off' }
  crm: { kind: postgres, host: 127.0.0.1, port: '\${env:WAREHOUSE_PORT}', database: '\${env:WAREHOUSE_DATABASE}',
    user: '\${env:WAREHOUSE_USER}', password: '\${secret:warehouse-password}', tls: 'off' }
  locked: { kind: postgres, host: 127.0.0.1, port: '\${env:WAREHOUSE_PORT}', database: '\${env:WAREHOUSE_DATABASE}',
    user: '\${env:WAREHOUSE_USER}', password: '\${secret:wrong}', tls: 'off' }
  oauth: { kind: http, baseUrl: '${echo}', auth: { type: oauth2, tokenUrl: '${echo}/token', clientId: c, clientSecret: '\${secret:client}' } }
  refused-oauth: { kind: http, baseUrl: '${echo}', auth: { type: oauth2, tokenUrl: '${echo}/refused-token', clientId: c, clientSecret: '\${secret:client}' } }
  header: { kind: http, baseUrl: '${echo}', auth: { type: apiKey, header: X-Key, value: '\${secret:header}' } }
  query: { kind: http, baseUrl: '${echo}', auth: { type: apiKey, query: key, value: '\${secret:query}' } }
  basic: { kind: http, baseUrl: '${echo}', auth: { type: basic, user: sluice, password: '\${secret:basic}' } }
`.replace('&warehouse ', '');

/** Everybody is told of everything at once. */
const alerts = (people: string) => `channels:
  hook: { kind: webhook, url: '\${secret:hook}', host: 127.0.0.1 }
  chat: { kind: teams, url: '${people}/chat' }
routes:
  - { name: everything, groupWait: 1s, groupInterval: 1s, ladder: [{ notify: [hook, chat], wait: 1h }] }
storm: { most: 1000 }
acknowledge: { secret: '\${secret:links}' }
`;

describe('secrets and personal data', () => {
  let app: SluiceApp;
  let echo: Server;
  let people: ReceivingServer;
  let ingestion: IngestionServer;
  let folder = '';
  let env: Record<string, string> = {};
  const records = new Map<string, RunRecord>();
  const written: string[] = [];

  beforeAll(async () => {
    echo = await startEcho();
    const address = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    people = await receivingServer({ plain: true });
    ingestion = await startIngestionServer();
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-leaks-'));
    await writeFile(path.join(folder, 'alerts.yaml'), alerts(people.url));
    await writeFile(path.join(folder, 'connections.yaml'), connections(address));
    for (const [name, { yaml: given }] of Object.entries(PIPELINES)) {
      // Those that load nothing still need a table of their own.
      const yaml = given.replace('leaks.x,', `leaks.${name.replaceAll('-', '_')},`);
      await writeFile(
        path.join(folder, `${name}.yaml`),
        `pipeline: ${name}\n${yaml}retry: { maxAttempts: 2, firstDelay: 10ms }\n`,
      );
    }
    env = {
      SLUICE_SECRET_WRONG: SECRETS.wrongPassword,
      SLUICE_SECRET_CLIENT: SECRETS.clientSecret,
      SLUICE_SECRET_HEADER: SECRETS.apiKeyInHeader,
      SLUICE_SECRET_QUERY: SECRETS.apiKeyInQuery,
      SLUICE_SECRET_BASIC: SECRETS.basicPassword,
      SLUICE_SECRET_SALT: SECRETS.salt,
      SLUICE_SECRET_HOOK: `${people.url}/hook?sig=${SECRETS.hook}`,
      SLUICE_SECRET_LINKS: SECRETS.links,
      SHARED: `BlobEndpoint=${address}/account;SharedAccessSignature=sv=2024-01-01&sig=${encodeURIComponent(SECRETS.signature)}`,
    };
    const watched = { ...ingestion.env, SLUICE_PUBLIC_URL: 'https://sluice.example.com' };
    app = await startSluiceApp({ pipelines: folder, env: { ...env, ...watched } });
    await plant();
    await runAll();
    await tellOfAll();
    await askAndSteer();
    const ids = new Set([...records.values()].map(({ runId }) => runId));
    await ingestion.until((envelopes) => {
      for (const { data } of envelopes)
        for (const value of Object.values(data.baseData.properties ?? {})) ids.delete(value);
      return ids.size === 0;
    }, 'telemetry of each run');
  });
  afterAll(async () => {
    await app.stop();
    await ingestion.stop();
    await people.stop();
    echo.closeAllConnections();
    await new Promise((done) => echo.close(done));
    await rm(folder, { recursive: true, force: true });
  });

  async function plant(): Promise<void> {
    const [a, b, c] = peopleOf('Csv');
    const land = (name: string, text: string) => app.land('landing', name, Buffer.from(text));
    // A row that is doubled, one that is out of range, one with a value of another type, one with a field too many.
    const bad = `${csvOf([a, a], 3)}\n500,${b.fullName},${b.email},${b.card}\nmany,${c.fullName},${c.email},${c.card}\n9,${c.fullName},${c.email},${c.card},${c.email}\n`;
    await land('csv/people.csv', `${HEADER}${csvOf([b], 2)}\n${bad}`);
    await land('plain/people.csv', `${HEADER}${csvOf(peopleOf('Plain'))}\n`);
    await land(
      'json/people.ndjson',
      `${rowsOf(peopleOf('Json'))
        .map((row) => JSON.stringify(row))
        .join('\n')}\n{"id": ${peopleOf('Json')[0].email}\n`,
    );
    await land('broken/people.csv', `${HEADER}${csvOf(peopleOf('Broken'), 500)}\n`);
    await land('headless/people.csv', `${csvOf(peopleOf('Headless'))}\n`);
    await app.land(
      'landing',
      'bytes/people.csv',
      Buffer.concat([Buffer.from(`${HEADER}${csvOf(peopleOf('Bytes'))}`), Buffer.from([0xff, 0xfe, 0x00, 0xc3])]),
    );
    await land(
      'cut/people.json',
      `[${JSON.stringify(rowsOf(peopleOf('Bytes'))[0])}, {"id": 2, "full_name": "${peopleOf('Bytes')[1].fullName}`,
    );
    const table = TableClient.fromConnectionString(app.storage.connectionString, 'people', {
      allowInsecureConnection: true,
    });
    await table.createTable();
    for (const row of rowsOf(peopleOf('Tables'))) {
      await table.createEntity({
        partitionKey: 'p',
        rowKey: String(row.id),
        ...row,
        id: row.id === 3 ? 'many' : row.id,
      });
    }
    const [taken] = peopleOf('Refused');
    await app.database
      .query(`CREATE SCHEMA crm; CREATE TABLE crm.people (id integer, full_name text, email text, card text);
      CREATE SCHEMA leaks; CREATE TABLE leaks.taken (id integer, full_name text, email text UNIQUE, card text, ${SYSTEM});
      CREATE TABLE leaks.narrow (id integer, full_name varchar(3), email text, card text, ${SYSTEM});
      CREATE TABLE leaks.guarded (id integer, full_name text, email text, card text, ${SYSTEM});
      CREATE FUNCTION leaks.guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'we do not want % (%)', NEW.full_name, NEW.email USING DETAIL = 'card ' || NEW.card; END $$;
      CREATE TRIGGER guard BEFORE INSERT ON leaks.guarded FOR EACH ROW EXECUTE FUNCTION leaks.guard()`);
    await app.database.query('INSERT INTO leaks.taken VALUES (1, $1, $2, $3)', [
      taken.fullName,
      peopleOf('Plain')[1].email,
      taken.card,
    ]);
    for (const { id, full_name: name, email, card } of rowsOf(peopleOf('Crm'))) {
      await app.database.query('INSERT INTO crm.people VALUES ($1, $2, $3, $4)', [
        id === 3 ? 700 : id,
        name,
        email,
        card,
      ]);
    }
  }

  async function runAll(): Promise<void> {
    const started = await Promise.all(
      Object.keys(PIPELINES).map(async (name) => [name, await app.start({ pipelines: [name] })] as const),
    );
    for (const [name, runId] of started) records.set(name, await app.ended(runId, 60));
  }

  /** Waits until people were told of every run that failed, through each channel. */
  async function tellOfAll(): Promise<void> {
    const failed = [...records].filter(([, { status }]) => status === 'Failed').map(([name]) => name);
    const untold = () =>
      ['/hook', '/chat'].flatMap((place) => {
        const texts = people.received.filter(({ url }) => url.startsWith(place)).map(({ text }) => text);
        return failed.filter((name) => !texts.some((text) => text.includes(`${name} failed`)));
      });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    await fetch(`${app.baseUrl}/admin/functions/start-monitoring`, init);
    for (const end = Date.now() + 90_000; untold().length > 0; await sleep(100)) {
      if (Date.now() > end) throw new Error(`Nobody was told of ${untold().join(', ')}\n${await app.log()}`);
    }
  }

  /** What people do afterwards: look at rows, decide, undo, ask with keys, and use the command line. */
  async function askAndSteer(): Promise<void> {
    const keys = { 'x-functions-key': SECRETS.functionKey, authorization: `Bearer ${SECRETS.bearer}` };
    for (const route of ['runs', 'nothing', 'runs/%zz', 'pipelines/none', 'connections/locked/test']) {
      const method = route.endsWith('test') ? 'POST' : 'GET';
      const answer = await fetch(`${app.baseUrl}/api/${route}?code=${SECRETS.functionKey}`, { method, headers: keys });
      written.push(await answer.text());
    }
    for (const name of ['header', 'query', 'basic', 'refused-oauth', 'shared']) {
      written.push(JSON.stringify((await app.request('POST', `/api/connections/${name}/test`)).json));
    }
    const undone = await app.request('POST', `/api/runs/${records.get('csv')?.runId}/undo`, {
      reason: 'planted by mistake',
    });
    written.push(JSON.stringify(undone.json));
    const world = {
      env: {
        ...env,
        AzureWebJobsStorage: app.storage.connectionString,
        SLUICE_PIPELINES_FOLDER: app.pipelinesFolder,
        WAREHOUSE_PORT: String(app.database.port),
        WAREHOUSE_DATABASE: app.database.database,
        WAREHOUSE_USER: app.database.user,
        SLUICE_SECRET_WAREHOUSE_PASSWORD: app.database.password,
        SLUICE_FUNCTION_KEY: SECRETS.functionKey,
      },
    };
    const url = ['--url', `${app.baseUrl}/api`];
    for (const line of [
      ['connections', 'test'],
      ['validate'],
      ['plan', 'json'],
      ['runs', ...url],
      ['runs', String(records.get('guarded')?.runId), ...url],
      ['quarantine', 'list', ...url],
      ['profile', 'landing:csv/people.csv'],
      ['profile', 'landing:json/people.ndjson', '--json'],
      ['profile', 'crm:crm.people', '--yaml'],
      ['roles'],
      ['lineage', 'csv'],
    ]) {
      const { code, out, err } = await sluice(line, world);
      written.push(`sluice ${line.join(' ')} ended with ${code}\n${out}\n${err}`);
    }
  }

  test('each run ended as it was meant to', () => {
    const ended = [...records].map(([name, { failure }]) => [name, failure?.code ?? null]);
    expect(ended).toEqual(Object.entries(PIPELINES).map(([name, { code }]) => [name, code]));
  });

  const found = (texts: readonly string[]): string[] => {
    const { password } = app.database;
    const { accountKey } = app.storage;
    const looked = new Map([
      ...plantedTexts(),
      ['the password of the database', password],
      ['the account key', accountKey],
    ]);
    return [...looked].flatMap(([name, planted]) => {
      const text = texts.find((each) => each.includes(planted));
      if (text === undefined) return [];
      const at = text.indexOf(planted);
      return [`${name}: ...${text.slice(Math.max(0, at - 160), at + planted.length + 40)}...`];
    });
  };

  test.each(SURFACES.map((surface) => [surface.name, surface] as const))('%s', async (_, surface) => {
    const messages = people.received.map(({ text }) => text);
    const texts = await surface.read(app, { telemetry: ingestion.envelopes, messages });
    expect(texts.join('').length).toBeGreaterThan(100);
    expect(found(texts)).toEqual([]);
  });

  test('answers to people and what the command line writes', () => {
    // 2 would be a command that did nothing, since it was written wrongly.
    expect(written.filter((text) => text.includes(' ended with 2\n'))).toEqual([]);
    expect(found(written)).toEqual([]);
  });

  test('the search finds what is there', async () => {
    const rows = await app.database.query('SELECT * FROM crm.people');
    expect(found([JSON.stringify(rows)]).length).toBeGreaterThan(8);
    expect(
      found([`Basic ${Buffer.from(`sluice:${SECRETS.basicPassword}`).toString('base64')}`]).length,
    ).toBeGreaterThan(0);
  });
});
