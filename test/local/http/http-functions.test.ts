import path from 'node:path';
import { send, type Sent } from '../host/http-client';
import { startHostProcess, type HostProcess } from '../host/host-process';

const APP = path.join(__dirname, '../fixtures/apps/http');

describe('HTTP functions on the embedded host', () => {
  let host: HostProcess;
  const ask = (method: string, route: string, sent?: Sent) => send(host.baseUrl, method, `/v1/things${route}`, sent);

  beforeAll(async () => {
    host = await startHostProcess({ app: APP, env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '100000' } });
  });
  afterAll(() => host.end());

  it('hands over method, URL, parameters, query, headers and body', async () => {
    const sent = { headers: { 'x-asked': 'yes', 'content-type': 'text/plain' }, body: 'hé' };
    const answer = await ask('POST', '/echo/me/a%20b?n=1&n=2&c=%C3%BC+x', sent);
    expect(answer.json).toEqual({
      method: 'POST',
      url: '/v1/things/echo/me/a%20b?n=1&n=2&c=%C3%BC+x',
      params: { owner: 'me', repo: 'a b' },
      query: { n: '1,2', c: 'ü x' },
      header: 'yes',
      body: 'hé',
    });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it('hands on the trace of the caller, and makes up one that nobody records where there is none, or one that is none', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect((await ask('GET', '/trace', { headers: { traceparent } })).json).toEqual({ parent: traceparent });
    const madeUp = { parent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/) };
    expect((await ask('GET', '/trace')).json).toEqual(madeUp);
    expect((await ask('GET', '/trace', { headers: { traceparent: 'none' } })).json).toEqual(madeUp);
  });

  it('has no body where none was sent, and no parameter where an optional one is left out', async () => {
    expect((await ask('DELETE', '/echo/me/')).json).toMatchObject({ body: null, params: { owner: 'me' } });
  });

  it('answers HEAD with the headers and no body, where the function takes HEAD', async () => {
    const answer = await ask('HEAD', '/echo/me');
    expect([answer.status, answer.headers['x-method'], answer.bytes.length]).toEqual([200, 'HEAD', 0]);
  });

  it.each([
    ['a method that is not listed', 'PUT', '/v1/things/echo/me'],
    ['HEAD where it is not listed', 'HEAD', '/v1/things/answers/text'],
    ['OPTIONS where it is not listed', 'OPTIONS', '/v1/things/answers/text'],
    ['an unknown route', 'GET', '/v1/things/nothing/here'],
    ['a path without the prefix', 'GET', '/answers/text'],
    ['the default prefix where host.json names another', 'GET', '/api/answers/text'],
    ['an unknown webhook', 'GET', '/runtime/webhooks/other/x'],
    ['an unknown admin path', 'GET', '/admin/other'],
  ])('answers %s with 404 and an empty body', async (_, method, target) => {
    const answer = await send(host.baseUrl, method, target);
    expect([answer.status, answer.bytes.length, answer.headers['content-type']]).toEqual([404, 0, undefined]);
  });

  it('takes the most specific route, whichever was registered first', async () => {
    expect((await ask('GET', '/numbers/zero')).text).toBe('literal');
    expect((await ask('GET', '/numbers/7')).json).toEqual({ value: '7' });
    expect((await ask('GET', '/numbers/10')).json).toEqual({ word: '10' });
  });

  it('keeps an encoded slash and decodes the rest, in a catch-all too', async () => {
    expect((await ask('GET', '/files/a%2Fb/c%20d')).json).toEqual({ path: 'a%2Fb/c d' });
    expect((await ask('GET', '/files')).json).toEqual({});
  });

  it('serves a function without a route at its name, in any case', async () => {
    expect((await ask('PUT', '/BARE')).text).toBe('put');
  });

  it.each([
    ['nothing', 204, '', undefined],
    ['empty', 200, '', undefined],
    ['text', 200, 'ünï', 'text/plain;charset=UTF-8'],
    ['json', 202, '[1,null]', 'application/json'],
    ['notAResponse', 500, '', undefined],
    ['badStatus', 500, '', undefined],
    ['throws', 500, '', undefined],
    ['throwsNothing', 204, '', undefined],
  ])('answers %s with %p, %p and the content type %p', async (kind, status, text, type) => {
    const answer = await ask('GET', `/answers/${kind}`);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([status, text, type]);
  });

  it('gives back bytes as they are', async () => {
    const answer = await ask('GET', '/answers/bytes');
    expect([...answer.bytes]).toEqual([0, 128, 255]);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
  });

  it('writes cookies and redirects, and sets the length itself', async () => {
    expect((await ask('GET', '/answers/cookies')).headers['set-cookie']).toEqual([
      'a=b%20c; path=/',
      'd=e; max-age=5; domain=x.test; path=/y; secure; samesite=lax; httponly',
    ]);
    const redirect = await ask('GET', '/answers/redirect');
    expect([redirect.status, redirect.headers.location]).toEqual([307, '/elsewhere']);
    const teapot = await ask('GET', '/answers/teapot');
    expect([teapot.status, teapot.text, teapot.headers['content-length']]).toEqual([418, 'short', '5']);
  });

  it('answers what cannot be written with 500, and says why', async () => {
    const answer = await ask('GET', '/answers/badCookie');
    expect([answer.status, answer.text, answer.headers['x-set']]).toEqual([500, '', undefined]);
    await host.says(/error \[Host\.Http\] TypeError.*set-cookie/i);
  });

  it('reads JSON whatever its content type, bytes called text, and forms', async () => {
    expect((await ask('POST', '/json', { body: '{"a":["ü"]}' })).json).toEqual({ a: ['ü'] });
    const bytes = { headers: { 'content-type': 'text/plain' }, body: new Uint8Array([0, 255, 13]) };
    expect((await ask('POST', '/bytes', bytes)).json).toEqual([0, 255, 13]);
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=%C3%BC' };
    expect((await ask('POST', '/form', form)).json).toEqual({ a: '1', b: 'ü' });
    const lines = ['--x', 'Content-Disposition: form-data; name="f"; filename="f.csv"', '', 'a,b', '--x--', ''];
    const parts = { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: lines.join('\r\n') };
    expect((await ask('POST', '/form', parts)).json).toEqual({ f: 'a,b' });
  });

  it('answers JSON that is none, not caught, with 500', async () => {
    const answer = await ask('POST', '/json', { headers: { 'content-type': 'application/json' }, body: '{oops' });
    expect([answer.status, answer.text]).toEqual([500, '']);
  });

  it('takes a body up to the limit and answers a larger one with 413', async () => {
    expect((await ask('POST', '/bytes', { body: new Uint8Array(100_000) })).json).toHaveLength(100_000);
    expect((await ask('POST', '/bytes', { body: new Uint8Array(100_001) })).status).toBe(413);
  });

  it('asks for no keys', async () => {
    expect((await ask('GET', '/secret')).text).toBe('open');
  });

  it('says that it runs', async () => {
    expect((await send(host.baseUrl, 'GET', '/admin/host/status')).json).toMatchObject({ state: 'Running' });
    const home = await send(host.baseUrl, 'HEAD', '/');
    expect([home.status, home.headers['content-type']]).toEqual([200, 'text/html']);
  });

  it('runs hooks for the start of the app, around calls and over log lines', async () => {
    const answer = await ask('GET', '/hooked');
    expect(answer.headers['x-wrapped']).toBe('yes');
    expect(answer.json).toMatchObject({
      seen: [
        ['appStart', 'object'],
        ['postInvocation', true, null],
      ],
      cwd: APP,
      invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await host.says('[hooked] changed by a log hook');
    expect(host.output()).not.toContain('told quietly');
  });

  it('logs what user code logs from the level of host.json on, and errors with their stack', async () => {
    await ask('GET', '/logs');
    await ask('GET', '/answers/throws');
    await host.says(/warn {2}\[logs\] a warning line \{ with: 'facts' \}/);
    expect(host.output()).not.toContain('a debug line');
    await host.says(
      /error \[answer\] Executed 'Functions.answer' \(Failed, .*\n.*TypeError: told by the handler\n.*answers\.js:\d+/,
    );
  });

  it('outlives a rejection that nobody handles, and reports it', async () => {
    expect((await ask('GET', '/forgets')).text).toBe('answered');
    expect((await ask('GET', '/answers/text')).status).toBe(200);
    await host.says('Error: forgotten by everybody');
  });
});
