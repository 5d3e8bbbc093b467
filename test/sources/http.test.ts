import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpConnection } from '../../src/config/schema/connection';
import { HttpSource } from '../../src/connectors/sources/http/http-source';
import { describeColumnSource } from './column-source-contract';
import { configOf, extractAll, planned, useTestEngine } from './source-contract';
import { useSourceRuns } from './source-runs';

const engine = useTestEngine();
let server: Server;
let base = '';
let answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void = () => {};
let asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', base);
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    answer(request, response, url);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
});
afterAll(() => new Promise((done) => server.close(done)));

const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

function sourceWith(connection: object = {}, deps: object = {}): HttpSource {
  return new HttpSource({
    config: httpConnection.parse({ kind: 'http', baseUrl: `${base}/api`, ...connection }),
    connection: 'shop',
    deps: {
      secret: async (name: string) => `value-of-${name}`,
      renewedSecret: async () => null,
      identityToken: async (scope: string) => `token-for-${scope}`,
      fetch,
      now: Date.now,
      ...deps,
    },
  });
}

const COLUMNS = { id: 'bigint', name: 'string' };
const config = (more: object = {}) =>
  configOf({ connection: 'shop', request: { path: '/orders' }, columns: COLUMNS, ...more });
const idsOf = async (source: HttpSource, more: object = {}) =>
  (await extractAll(engine(), source, config(more))).rows.map(({ id }) => id);

describe('http source: pages', () => {
  const items = Array.from({ length: 7 }, (_, index) => ({ id: index + 1, name: `n${index + 1}` }));
  const all = items.map(({ id }) => String(id));

  it('reads one list, exactly: large numbers, nested values, nulls and unicode', async () => {
    answer = (_request, response) =>
      response.end(
        '[{"id": 9223372036854775807, "name": "ü🜁\\u0000"}, {"id": null, "name": {"a": [1, 2.5]}}, {"name": "x"}]',
      );
    const { rows, facts } = await extractAll(engine(), sourceWith(), config());
    expect(rows.map(({ id, name }) => [id, name])).toEqual([
      ['9223372036854775807', 'ü🜁\u0000'],
      [null, '{"a":[1,2.5]}'],
      [null, 'x'],
    ]);
    expect(facts.read).toBe(3);
  });

  it('follows a Link header', async () => {
    answer = (_request, response, url) => {
      const page = Number(url.searchParams.get('p') ?? 0);
      const next = page < 2 ? { link: `</api/orders?p=${page + 1}>; rel="next", </api/orders?p=0>; rel="first"` } : {};
      json(response, items.slice(page * 3, page * 3 + 3), next);
    };
    expect(await idsOf(sourceWith(), { pagination: { by: 'link' } })).toEqual(all);
    expect(asked).toEqual(['GET /api/orders', 'GET /api/orders?p=1', 'GET /api/orders?p=2']);
  });

  it('follows a cursor as a parameter and as an address, into a list that stands deeper', async () => {
    answer = (_request, response, url) => {
      const after = Number(url.searchParams.get('after') ?? 0);
      const data = items.slice(after, after + 3);
      const next = after + 3 < items.length ? after + 3 : null;
      json(response, { data: { items: data }, meta: { next, url: next === null ? '' : `/api/orders?after=${next}` } });
    };
    const request = { path: 'orders', query: { status: 'open' }, items: 'data.items' };
    expect(
      await idsOf(sourceWith(), { request, pagination: { by: 'cursor', cursor: 'meta.next', parameter: 'after' } }),
    ).toEqual(all);
    expect(asked[1]).toBe('GET /api/orders?status=open&after=3');
    expect(await idsOf(sourceWith(), { request, pagination: { by: 'cursor', cursor: 'meta.url' } })).toEqual(all);
  });

  it.each([
    ['page', { by: 'page', size: 3 }, 'page', (value: number) => (value - 1) * 3, 3],
    ['page without a size', { by: 'page', start: 1 }, 'page', (value: number) => (value - 1) * 3, 4],
    ['offset', { by: 'offset', size: 3 }, 'offset', (value: number) => value, 3],
  ])('counts by %s', async (_, pagination, parameter, from, requests) => {
    answer = (_request, response, url) => {
      const first = from(Number(url.searchParams.get(parameter)));
      json(response, items.slice(first, first + 3));
    };
    expect(await idsOf(sourceWith(), { pagination })).toEqual(all);
    expect(asked).toHaveLength(requests);
  });

  it('reads NDJSON and CSV, by the names in the header', async () => {
    answer = (_request, response) => response.end('{"id": 1, "name": "a"}\n\n{"name": "b", "id": 2}\n');
    expect(await idsOf(sourceWith(), { format: { type: 'ndjson' } })).toEqual(['1', '2']);
    answer = (_request, response, url) =>
      response.end(url.searchParams.get('page') === '1' ? 'id,name\n1,"a,\nb"\n2,\n' : 'name,id\nc,3\n');
    const csv = { format: { type: 'csv' }, pagination: { by: 'page', size: 3 } };
    const { rows } = await extractAll(engine(), sourceWith(), config(csv));
    expect(rows.map(({ id, name }) => [id, name])).toEqual(
      [
        ['1', 'a,\nb'],
        ['2', null],
        ['3', 'c'],
      ].slice(0, rows.length),
    );
    expect(rows).toHaveLength(3);
  });

  it('refuses keys that are no columns, unless told otherwise', async () => {
    answer = (_request, response) => json(response, [{ id: 1, name: 'a', surprise: true }]);
    await expect(idsOf(sourceWith())).rejects.toMatchObject({
      code: 'source-schema-mismatch',
      message: expect.stringMatching(/no columns of the plan: surprise$/) as string,
    });
    expect(await idsOf(sourceWith(), { schema: { columns: 'discardValue' } })).toEqual(['1']);
    // A map whose keys are values.
    answer = (_request, response) => json(response, [{ id: 1, 'ann@example.org': true, '4111111111111111': 1 }]);
    await expect(idsOf(sourceWith())).rejects.toThrow(
      /no columns of the plan: one of 15 characters, one of 16 characters$/,
    );
  });

  it('keeps aside what is no object', async () => {
    answer = (_request, response) => json(response, [{ id: 1, name: 'a' }, 7]);
    const { rows, rejects, facts } = await extractAll(engine(), sourceWith(), config());
    expect([rows.length, rejects.length, facts.read]).toEqual([1, 1, 2]);
    expect(rejects[0]).toMatchObject({ reason: 'malformed-row(no JSON object)', raw: '7' });
  });
});

describe('http source: who asks', () => {
  it.each([
    ['an API key in a header', { type: 'apiKey', header: 'X-Key', value: '${secret:k}' }, { 'x-key': 'value-of-k' }],
    [
      'basic',
      { type: 'basic', user: 'u', password: '${secret:p}' },
      { authorization: `Basic ${Buffer.from('u:value-of-p').toString('base64')}` },
    ],
    [
      'a managed identity',
      { type: 'managedIdentity', scope: 'api://x/.default' },
      { authorization: 'Bearer token-for-api://x/.default' },
    ],
  ])('%s', async (_, auth, headers) => {
    let seen: object = {};
    answer = (request, response) => {
      seen = request.headers;
      json(response, []);
    };
    await idsOf(sourceWith({ auth }));
    expect(seen).toMatchObject(headers);
  });

  it('an API key in the query, which no error shows', async () => {
    answer = (_request, response) => json(response, {}, {}, 400);
    const source = sourceWith({ auth: { type: 'apiKey', query: 'key', value: '${secret:k}' } });
    const error = await idsOf(source).catch((thrown: unknown) => thrown as Error);
    expect(asked).toEqual(['GET /api/orders?key=value-of-k']);
    expect(error).toMatchObject({ code: 'source-request-refused' });
    expect(String(error) + JSON.stringify(error)).not.toContain('value-of-k');
  });

  it('OAuth 2: fetches a token once, and anew when it is refused', async () => {
    let tokens = 0;
    answer = (request, response, url) => {
      if (url.pathname === '/token') {
        tokens += 1;
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const good = body.includes('client_secret=value-of-s') && body.includes('grant_type=client_credentials');
          json(response, good ? { access_token: `t${tokens}`, expires_in: 3600 } : {}, {}, good ? 200 : 401);
        });
        return;
      }
      // The first token was revoked.
      json(response, [{ id: 1, name: 'a' }], {}, request.headers.authorization === 'Bearer t1' ? 401 : 200);
    };
    const auth = { type: 'oauth2', tokenUrl: `${base}/token`, clientId: 'c', clientSecret: '${secret:s}' };
    const source = sourceWith({ auth });
    expect(await idsOf(source)).toEqual(['1']);
    expect(await idsOf(source)).toEqual(['1']);
    expect(tokens).toBe(2);
    await expect(idsOf(sourceWith({ auth }, { secret: async () => 'wrong' }))).rejects.toMatchObject({
      code: 'authentication-failed',
    });
  });
});

describe('http source: rotation', () => {
  /** A store that has another value from the second question on, as after a rotation. */
  const rotated = (values: string[], asked: string[] = []) => ({
    secret: async () => values[0] ?? '',
    renewedSecret: async (_: string, refused: string) => {
      asked.push(refused);
      values.shift();
      return values[0] === refused ? null : (values[0] ?? null);
    },
  });

  it.each([
    ['an API key', { type: 'apiKey', header: 'X-Key', value: '${secret:k}' }, 'x-key', 'new'],
    [
      'a password',
      { type: 'basic', user: 'u', password: '${secret:p}' },
      'authorization',
      `Basic ${Buffer.from('u:new').toString('base64')}`,
    ],
  ])('%s that is refused is fetched anew, once', async (_, auth, header, good) => {
    answer = (request, response) =>
      json(response, [{ id: 1, name: 'a' }], {}, request.headers[header] === good ? 200 : 401);
    const refused: string[] = [];
    expect(await idsOf(sourceWith({ auth }, rotated(['old', 'new'], refused)))).toEqual(['1']);
    expect([refused, asked.length]).toEqual([['old'], 2]);
    // The same value again: it is not sent twice.
    asked = [];
    await expect(idsOf(sourceWith({ auth }, rotated(['old', 'old'])))).rejects.toMatchObject({
      code: 'authentication-failed',
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    [401, {}],
    [400, { error: 'invalid_client' }],
  ])('a client secret that the token endpoint refuses with %s', async (status, body) => {
    answer = (request, response, url) => {
      if (url.pathname !== '/token') return json(response, [{ id: 1, name: 'a' }]);
      let form = '';
      request.on('data', (chunk: Buffer) => (form += chunk.toString()));
      request.on('end', () =>
        form.includes('client_secret=new')
          ? json(response, { access_token: 't', expires_in: 60 })
          : json(response, body, {}, status),
      );
    };
    const auth = { type: 'oauth2', tokenUrl: `${base}/token`, clientId: 'c', clientSecret: '${secret:s}' };
    expect(await idsOf(sourceWith({ auth }, rotated(['old', 'new'])))).toEqual(['1']);
    const error = await idsOf(sourceWith({ auth }, rotated(['old', 'old']))).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'authentication-failed' });
  });

  it('a token endpoint that is away, or wants to be left alone, is no wrong secret', async () => {
    const auth = { type: 'oauth2', tokenUrl: `${base}/token`, clientId: 'c', clientSecret: '${secret:s}' };
    answer = (_request, response) => json(response, {}, { 'retry-after': '7' }, 503);
    await expect(idsOf(sourceWith({ auth }))).rejects.toMatchObject({
      code: 'source-unavailable',
      class: 'transient',
      retryAfterMs: 7000,
    });
    answer = (_request, response) => void response.destroy();
    await expect(idsOf(sourceWith({ auth }))).rejects.toMatchObject({ code: 'source-unavailable' });
  });

  it('a token endpoint that repeats what it was sent is not quoted', async () => {
    const auth = { type: 'oauth2', tokenUrl: `${base}/token`, clientId: 'c', clientSecret: '${secret:s}' };
    answer = (_request, response) =>
      json(response, { error: 'value-of-s', error_description: 'not value-of-s' }, {}, 400);
    const error = await idsOf(sourceWith({ auth })).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'authentication-failed' });
    expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain('value-of-s');
  });
});

describe('http source: what goes wrong', () => {
  it('waits as the server asks, and goes on', async () => {
    let turn = 0;
    answer = (_request, response) => {
      turn += 1;
      if (turn === 1) json(response, {}, { 'retry-after': '0' }, 429);
      else if (turn === 2) json(response, {}, { 'retry-after': '0' }, 503);
      else json(response, [{ id: 1, name: 'a' }]);
    };
    expect(await idsOf(sourceWith())).toEqual(['1']);
    expect(asked).toHaveLength(3);
  });

  it('hands a long wait to the orchestration', async () => {
    answer = (_request, response) => json(response, {}, { 'retry-after': '3600' }, 429);
    await expect(idsOf(sourceWith())).rejects.toMatchObject({
      code: 'source-unavailable',
      class: 'transient',
      retryAfterMs: 3_600_000,
    });
  });

  it.each([
    [
      'another host',
      (response: ServerResponse) => json(response, [], { link: '<http://169.254.169.254/x>; rel=next' }),
      'source-request-refused',
    ],
    [
      'a redirect to another host',
      (response: ServerResponse) => response.writeHead(302, { location: 'http://localhost:1/x' }).end(),
      'source-request-refused',
    ],
    [
      'pages in a circle',
      (response: ServerResponse) => json(response, [], { link: '</api/orders>; rel=next' }),
      'source-request-refused',
    ],
    ['a page that is missing', (response: ServerResponse) => json(response, {}, {}, 404), 'source-not-found'],
    ['a refusal', (response: ServerResponse) => json(response, {}, {}, 403), 'authentication-failed'],
    ['what is no JSON', (response: ServerResponse) => response.end('<html>'), 'file-unreadable'],
    ['what is no list', (response: ServerResponse) => json(response, { a: 1 }), 'source-schema-mismatch'],
    [
      'an answer that breaks off',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' }).write('[{');
        response.destroy();
      },
      'source-unavailable',
    ],
    ['an answer that is too large', (response: ServerResponse) => response.end('x'.repeat(5000)), 'source-too-large'],
  ] as const)('refuses %s', async (_, respond, code) => {
    answer = (_request, response) => void respond(response);
    const source = sourceWith({ maxResponseBytes: 4096 });
    await expect(idsOf(source, { pagination: { by: 'link' } })).rejects.toMatchObject({ code });
  });

  it('ends pagination that never ends', async () => {
    answer = (_request, response) => json(response, [{ id: 1, name: 'a' }]);
    const more = { request: { path: '/orders', maxPages: 3 }, pagination: { by: 'page' } };
    await expect(idsOf(sourceWith(), more)).rejects.toMatchObject({ code: 'source-request-refused' });
    expect(asked).toHaveLength(3);
  });

  it('follows redirects on its own host and says in words that it works', async () => {
    answer = (_request, response, url) =>
      url.pathname === '/api/orders'
        ? void response.writeHead(307, { location: '/api/new' }).end()
        : json(response, [{ id: 4, name: 'd' }]);
    expect(await idsOf(sourceWith())).toEqual(['4']);
    expect((await sourceWith().test()).join(' ')).toContain('answers');
  });

  it('plans without asking anybody', async () => {
    const plan = await planned(engine(), sourceWith(), config());
    expect(plan).toMatchObject({
      slice: { kind: 'full' },
      columns: [{ name: 'id', type: 'string' }, { name: 'name' }],
    });
    expect(asked).toEqual([]);
  });
});

/** An API that gives rows from a value on, three a page; one that knows no such parameter gives all of them. */
function listOf(rows: { id: number; at: string | null }[], compare: (at: string) => number) {
  answer = (_request, response, url) => {
    const since = url.searchParams.get('since');
    const page = Number(url.searchParams.get('page'));
    const wanted = rows.filter(({ at }) => since === null || at === null || compare(at) >= compare(since));
    json(response, wanted.slice((page - 1) * 3, page * 3));
  };
}

describeColumnSource(
  'http',
  async (at) => {
    const rows: { id: number; at: string | null }[] = [];
    listOf(rows, at === 'time' ? Date.parse : Number);
    return {
      source: sourceWith(),
      config: (incremental) =>
        config({
          request: { path: '/orders', since: { parameter: 'since' } },
          pagination: { by: 'page', size: 3 },
          columns: { id: 'integer', at: at === 'time' ? 'timestamptz' : 'decimal(20,3)' },
          incremental: { by: 'column', column: 'at', ...incremental },
        }),
      put: async (more) => void rows.push(...more),
    };
  },
  engine,
);

describe('http source: what it asks for by a column', () => {
  const runs = useSourceRuns(engine);
  const of = (since: object | null, more: object = {}) =>
    config({
      request: { path: '/orders', ...(since && { since: { parameter: 'since', ...since } }) },
      columns: { id: 'integer', at: 'timestamptz' },
      incremental: { by: 'column', column: 'at', lag: '1h' },
      ...more,
    });

  it.each([
    [{}, '2024-03-31T00:30:00.123Z'],
    [{ format: 'unixSeconds' }, String(Date.parse('2024-03-31T00:30:00Z') / 1000)],
    [{ format: 'unixMilliseconds' }, String(Date.parse('2024-03-31T00:30:00.123Z'))],
    [null, null],
  ])('writes %j of a time less the lag', async (since, wanted) => {
    answer = (_request, response) => json(response, [{ id: 1, at: '2024-03-31T01:30:00.123456Z' }]);
    const first = await runs.run(sourceWith(), of(since), null);
    expect(asked).toEqual(['GET /api/orders', 'GET /api/orders']);
    expect(first.watermark?.value).toBe('2024-03-31 01:30:00.123456+00');
    asked = [];
    await runs.run(sourceWith(), of(since), first.watermark);
    expect(asked.map((one) => new URL(one.slice(4), base).searchParams.get('since'))).toEqual([wanted]);
  });

  it('quarantines a row once whose value cannot be read, and a malformed one', async () => {
    const items: unknown[] = [{ id: 1, at: '2024-01-01T00:00:00Z' }, { id: 2, at: 'soon' }, 'no object'];
    answer = (_request, response) => json(response, items);
    const first = await runs.run(sourceWith(), of(null), null);
    expect(first).toMatchObject({ read: 3, rows: [{ at: '2024-01-01T00:00:00Z' }, { at: 'soon' }] });
    expect(first.rejects).toMatchObject([{ raw: '"no object"' }]);
    expect((await runs.run(sourceWith(), of(null), first.watermark)).reason).toMatch(/^already loaded/);
    items.push({ id: 3, at: '2024-01-01T00:00:01Z' });
    const second = await runs.run(sourceWith(), of(null), first.watermark);
    expect(second).toMatchObject({ read: 1, rows: [{ id: '3' }], rejects: [] });
  });

  it('does not go on where no value can be read at all', async () => {
    answer = (_request, response) => json(response, [{ id: 2, at: 'soon' }]);
    await expect(runs.plan(sourceWith(), of(null))).rejects.toMatchObject({
      code: 'source-schema-mismatch',
      message: expect.stringContaining('the first has 4 characters') as string,
    });
  });
});
