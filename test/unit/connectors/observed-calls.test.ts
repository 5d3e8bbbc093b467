import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { postgresConnection } from '../../../src/config/schema/connection';
import { withPostgres } from '../../../src/connectors/postgres/postgres-session';
import { observedFetch } from '../../../src/connectors/sources/http/observed-fetch';
import type { ObservedCall } from '../../../src/model/observed-call';
import { useTestDatabase } from '../../support/postgres';

const database = useTestDatabase();

test('every statement of a database is told by its kind, copies when they have ended, failures as such', async () => {
  const calls: ObservedCall[] = [];
  const { host, port, database: name, user, password } = database();
  const config = postgresConnection.parse({
    kind: 'postgres',
    host,
    port,
    database: name,
    user,
    password: '${secret:p}',
    tls: 'off',
  });
  const credentials = { login: async () => ({ password }), observe: (call: ObservedCall) => void calls.push(call) };
  await withPostgres(config, credentials, 'warehouse', async (session) => {
    await session.run('CREATE TEMP TABLE hidden (id integer)');
    await streamPipeline(Readable.from(['1\n2\n']), session.client.query(copyFrom('COPY hidden FROM STDIN')));
    expect(await text(session.client.query(copyTo('COPY hidden TO STDOUT')))).toBe('1\n2\n');
    expect(await session.rows('SELECT count(*)::int AS n FROM hidden WHERE id > $1', [1])).toEqual([{ n: 1 }]);
    await expect(session.run("SELECT 'hunter2' FROM nowhere")).rejects.toThrow('nowhere');
    await expect(
      streamPipeline(Readable.from(['x\n']), session.client.query(copyFrom('COPY hidden FROM STDIN'))),
    ).rejects.toThrow();
  });
  expect(calls.map(({ operation, failed }) => `${operation}${failed ? ' failed' : ''}`)).toEqual([
    'SET',
    'CREATE TABLE',
    'COPY',
    'COPY',
    'SELECT',
    'SELECT failed',
    'COPY failed',
  ]);
  expect(new Set(calls.map(({ system, connection }) => `${system} ${connection}`))).toEqual(
    new Set(['postgresql warehouse']),
  );
  expect(JSON.stringify(calls)).not.toMatch(/hidden|hunter2/);
});

test('requests are told by their method, answers that are errors and none at all as failed', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/gone') request.socket.destroy();
    else response.writeHead(request.url === '/x?key=secret' ? 200 : 500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const calls: ObservedCall[] = [];
  const fetched = observedFetch('orders', (call) => void calls.push(call));
  await fetched(`${base}/x?key=secret`);
  await fetched(`${base}/broken`, { method: 'POST' });
  await expect(fetched(`${base}/gone`)).rejects.toThrow();
  server.close();
  expect(calls.map(({ operation, failed }) => [operation, failed])).toEqual([
    ['GET', false],
    ['POST', true],
    ['GET', true],
  ]);
  expect(JSON.stringify(calls)).not.toContain('secret');
});
