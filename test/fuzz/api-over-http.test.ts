import { connect } from 'node:net';
import { ROUTES } from '../../src/triggers/http/routes';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { FUZZ_SEED, FUZZ_TIMES, numbersFrom } from './fuzz-options';
import { HOSTILE_BODIES, HOSTILE_TEXTS } from './hostile-values';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'FOO',
  'get',
];
const ROUNDS = 12 * FUZZ_TIMES;
const LONGEST_MS = 30_000;

/** Bytes as they go over the wire, to a whole app on the embedded host: what no client library would send. */
describe('requests over the wire', () => {
  let app: SluiceApp;
  const statuses: Record<string, number> = {};
  beforeAll(async () => {
    app = await startSluiceApp({ env: { SLUICE_READS_PER_MINUTE: '1000000', SLUICE_WRITES_PER_MINUTE: '1000000' } });
  });
  afterAll(() => app.stop());

  /** Sends bytes and gives the first answer; null where the connection is closed without one. */
  function send(request: Buffer): Promise<{ status: number; head: string; body: string } | null> {
    const { hostname, port } = new URL(app.baseUrl);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) });
      const parts: Buffer[] = [];
      socket.setTimeout(LONGEST_MS, () => {
        socket.destroy();
        reject(new Error(`no answer in ${LONGEST_MS / 1000} s to ${request.toString('latin1').slice(0, 300)}`));
      });
      socket.on('data', (part) => parts.push(part));
      // A server may close while the rest is still being written.
      socket.on('error', () => {});
      socket.on('close', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
        const [head = '', ...body] = text.split('\r\n\r\n');
        resolve(status === undefined ? null : { status: Number(status), head, body: body.join('\r\n\r\n') });
      });
      socket.end(request);
    });
  }

  const request = (method: string, target: string, headers: readonly string[], body: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(
        `${method} ${target} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n${headers.join('')}\r\n`,
        'latin1',
      ),
      body,
    ]);

  test.each(ROUTES.map(({ method, route }) => [`${method} /api/${route}`, method, route]))(
    '%s',
    async (name, method = '', route = '') => {
      const next = numbersFrom(FUZZ_SEED + name.length * 7919 + name.charCodeAt(name.length - 1));
      const one = <T>(of: readonly T[]): T => of[next(of.length)]!;
      for (let round = 0; round < ROUNDS; round += 1) {
        const part = () =>
          next(2) === 0
            ? encodeURIComponent(Buffer.from(one(HOSTILE_TEXTS)).toString())
            : one(HOSTILE_TEXTS).replaceAll(/[\s\0]/g, '%20');
        const place = `/api/${route.replaceAll(/\{\*?\w+\}/g, () => part())}`;
        const twisted = one([
          place,
          place,
          place,
          `${place}/`,
          place.replace('/api', '//api'),
          place.replace('/api/', '/api/../api/'),
          `${place}/%2e%2e/x`,
          `http://app.test${place}`,
          place.toUpperCase(),
        ]);
        const target = next(3) === 0 ? `${twisted}?${part()}=${part()}&${part()}` : twisted;
        const body = Buffer.from(one(HOSTILE_BODIES));
        const length = one([
          String(body.length),
          String(body.length),
          String(body.length + 1),
          '0',
          '-1',
          'x',
          '99999999999999999999',
        ]);
        const headers = one([
          [`Content-Length: ${length}\r\n`, 'Content-Type: application/json\r\n'],
          [`Content-Length: ${body.length}\r\n`, `X-Correlation-Id: ${Buffer.from(part()).toString('latin1')}\r\n`],
          [
            `Content-Length: ${body.length}\r\n`,
            `x-ms-client-principal: ${part()}\r\n`,
            `X: ${'y'.repeat(next(20_000))}\r\n`,
          ],
          ['Transfer-Encoding: chunked\r\n'],
          [`Content-Length: ${body.length}\r\n`, 'Transfer-Encoding: chunked\r\n'],
        ]);
        const sent = request(next(2) === 0 ? method : one(METHODS), target, headers, body);
        const answer = await send(sent);
        statuses[answer?.status ?? 'none'] = (statuses[answer?.status ?? 'none'] ?? 0) + 1;
        if (answer === null) continue;
        const { status, head, body: text } = answer;
        const shown = sent.toString('latin1').slice(0, 400);
        if (status >= 500) throw new Error(`${status} for ${shown}\n${text}\n${await app.log()}`);
        // What the host turns away by itself, such as an unknown address, has no body; what the app turns away says why.
        if (status < 400 || text === '' || !/^content-type: application\/problem\+json/im.test(head)) continue;
        const problem = JSON.parse(text.replaceAll(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '')) as Record<string, unknown>;
        expect([problem['code'], problem['fix']]).toEqual([
          expect.stringMatching(/^[a-z-]+$/),
          expect.stringMatching(/\S/),
        ]);
        expect(head).not.toMatch(/^set-cookie:/im);
      }
    },
  );

  test('the app works as before, and has answered most of it by itself', async () => {
    const { none = 0, ...answered } = statuses;
    const all = Object.values(answered).reduce((sum, each) => sum + each, none);
    expect(none).toBeLessThan(all / 3);
    expect(Object.keys(answered)).toEqual(expect.arrayContaining(['200', '400', '404']));
    expect((await app.request('GET', '/api/health')).json).toMatchObject({ status: 'healthy' });
    const log = await app.log();
    expect(log).not.toMatch(/unhandled|uncaught/i);
  });
});
