import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { examineStorage } from '../../../../src/platform/doctor/examine-storage';
import { examineQueue } from '../../../../src/platform/doctor/examine-queue';
import { testStorage, uniqueName } from '../../../support/azurite';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(answer);
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A way to Azurite that refuses what a role would not allow, as Azure does. */
async function refusing(port: number, refused: (method: string, url: string) => boolean): Promise<number> {
  return serve((request, response) => {
    const { method = '', url = '', headers } = request;
    if (refused(method, url)) {
      request.resume();
      const body =
        '<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>This request is not authorized to perform this operation using this permission.</Message></Error>';
      response.writeHead(403, {
        'x-ms-error-code': 'AuthorizationPermissionMismatch',
        'content-type': 'application/xml',
      });
      response.end(body);
      return;
    }
    const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
}

const names = () => {
  const name = uniqueName('d');
  return { container: name, auditContainer: `${name}a`, table: name.slice(0, 40) };
};
const through = (connectionString: string, service: 'Blob' | 'Table', port: number): string =>
  connectionString.replace(new RegExp(`(${service}Endpoint=http://127\\.0\\.0\\.1:)\\d+`), `$1${port}`);
const portOf = (endpoint: string): number => Number(new URL(endpoint).port);

async function examined(connectionString: string, nowMs: () => number = Date.now, its = names()) {
  const findings = await examineStorage('S', its, { S: connectionString }, nowMs);
  return {
    findings,
    its,
    failed: findings.filter(({ status }) => status === 'failed').map(({ what }) => what.replace(/ in \w+$/, '')),
  };
}

test('an account that works, and nothing is left of what was tried', async () => {
  const { connectionString } = await testStorage();
  const { findings, its } = await examined(connectionString);
  expect(findings.map(({ what, status }) => [what.replace(/ in \w+$/, ''), status])).toEqual([
    ['transport of S', 'ok'],
    ['find the container', 'ok'],
    ['write a blob', 'ok'],
    ['read a blob', 'ok'],
    ['delete a blob', 'ok'],
    ['clock of this instance', 'ok'],
    ['list the copy of the audit trail', 'ok'],
    ['find the table', 'ok'],
    ['write a row', 'ok'],
    ['read a row', 'ok'],
    ['delete a row', 'ok'],
  ]);
  const left: string[] = [];
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  for await (const { name } of blobs.getContainerClient(its.container).listBlobsFlat()) left.push(name);
  expect(left).toEqual([]);
  // The container of the audit trail is not even made.
  expect(await blobs.getContainerClient(its.auditContainer).exists()).toBe(false);
});

test('a wrong key', async () => {
  const { connectionString } = await testStorage();
  const wrong = connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${Buffer.from('wrong').toString('base64')}`);
  const { findings, failed } = await examined(wrong);
  expect(failed).toEqual([
    'find the container',
    'write a blob',
    'list the copy of the audit trail',
    'find the table',
    'write a row',
  ]);
  const write = findings.find(({ what }) => what.startsWith('write a blob'));
  expect(write?.fix).toContain('The key or the token is not the one of this account');
  expect(JSON.stringify(findings)).not.toContain('AccountKey');
});

test.each<[string, (method: string, url: string) => boolean, readonly string[], string]>([
  [
    'write',
    (method, url) => method === 'PUT' && url.includes('/doctor/'),
    ['write a blob'],
    'Storage Blob Data Contributor on the container',
  ],
  ['delete', (method) => method === 'DELETE', ['delete a blob'], 'Storage Blob Data Contributor on the container'],
  [
    'read',
    (method, url) => (method === 'GET' || method === 'HEAD') && url.includes('/doctor/'),
    ['read a blob'],
    'Storage Blob Data Contributor',
  ],
])('a container whose blobs may not be %s', async (_, refused, expected, role) => {
  const { connectionString, blobEndpoint } = await testStorage();
  const proxy = await refusing(portOf(blobEndpoint), refused);
  const { findings, failed } = await examined(through(connectionString, 'Blob', proxy));
  expect(failed).toEqual(expected);
  const [finding] = findings.filter(({ status }) => status === 'failed');
  expect(finding?.message).toContain('AuthorizationPermissionMismatch');
  expect(finding?.fix).toContain(role);
});

test('a container that may not be made, and is there, is no failure', async () => {
  const { connectionString, blobEndpoint } = await testStorage();
  const its = names();
  await BlobServiceClient.fromConnectionString(connectionString).createContainer(its.container);
  const proxy = await refusing(
    portOf(blobEndpoint),
    (method, url) => method === 'PUT' && url.includes('restype=container'),
  );
  const { failed } = await examined(through(connectionString, 'Blob', proxy), Date.now, its);
  expect(failed).toEqual([]);
});

test('tables that may not be written', async () => {
  const { connectionString, tableEndpoint } = await testStorage();
  const proxy = await refusing(portOf(tableEndpoint), (method, url) => method === 'POST' && !/\/Tables\b/.test(url));
  const { findings, failed } = await examined(through(connectionString, 'Table', proxy));
  expect(failed).toEqual(['write a row']);
  expect(findings.find(({ status }) => status === 'failed')?.fix).toContain('Storage Table Data Contributor');
});

test.each([
  ['a minute', 60_000, 'warning'],
  ['ten minutes', 600_000, 'failed'],
  ['ten minutes the other way', -600_000, 'failed'],
  ['a second', 1000, 'ok'],
])('a clock that is %s off', async (_, offMs, status) => {
  const { connectionString } = await testStorage();
  const { findings } = await examined(connectionString, () => Date.now() + offMs);
  expect(findings.find(({ area }) => area === 'clock')?.status).toBe(status);
});

test('no account, and one that does not answer', async () => {
  expect(await examineStorage('S', names(), {}, Date.now)).toMatchObject([
    { status: 'failed', message: expect.stringContaining('S is not set') as string },
  ]);
  const plain = await examineStorage('S', names(), { S__blobServiceUri: 'http://storage.example.com' }, Date.now);
  expect(plain[0]?.message).toMatch(/plain HTTP|S is not set/);
});

test('a queue is asked for its length, by the identity of the app', async () => {
  const seen: string[] = [];
  const port = await serve((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    const allowed = request.headers.authorization === 'Bearer good';
    response.writeHead(
      allowed ? 200 : 403,
      allowed ? { 'x-ms-approximate-messages-count': '7' } : { 'x-ms-error-code': 'AuthorizationPermissionMismatch' },
    );
    response.end();
  });
  const env = { S__queueServiceUri: `http://127.0.0.1:${port}` };
  expect(await examineQueue('S', 'events', env, async () => 'good')).toMatchObject({
    status: 'ok',
    message: '7 events wait',
  });
  expect(seen).toEqual(['/events?comp=metadata Bearer good']);
  const refused = await examineQueue('S', 'events', env, async () => 'other');
  expect(refused).toMatchObject({
    status: 'failed',
    fix: expect.stringContaining('Storage Queue Data Contributor') as string,
  });
  expect(await examineQueue('S', 'events', { S: 'UseDevelopmentStorage=true' }, async () => '')).toMatchObject({
    status: 'skipped',
  });
});
