import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { guarded } from '../../../src/triggers/http/guarded';
import { handle } from '../../../src/triggers/http/handle';
import type { HttpRoute } from '../../../src/triggers/http/http-route';
import { RateLimiter, ratesOf } from '../../../src/triggers/http/rate-limiter';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
beforeAll(async () => {
  services = await testServices();
});

interface Sent {
  readonly method?: 'GET' | 'POST';
  readonly role?: HttpRoute['role'];
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly with?: Partial<TestServices>;
}
async function send({ method = 'GET', role = 'reader', headers = {}, params = {}, query = {}, ...sent }: Sent) {
  const search = new URLSearchParams(query).toString();
  const url = `http://app.test/api/runs${search === '' ? '' : `?${search}`}`;
  const request = new HttpRequest({ method, url, headers, params, query });
  const route = guarded({ role, method, does: () => Promise.resolve({ jsonBody: {} }) });
  const handler = handle({ ...services, ...sent.with }, route);
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handler(request, new FakeOrchestrations() as never, context)) as HttpResponseInit;
  const json = answer.jsonBody ?? JSON.parse(answer.body as string);
  return { status: answer.status ?? 200, headers: new Headers(answer.headers as Record<string, string>), json };
}

describe('how often', () => {
  const rates = () => new RateLimiter(ratesOf({ reads: 3, writes: 2 }));
  const keys = { mode: 'functionKey', appServiceAuthentication: false, localUser: null, keys: [] } as const;
  const entra = { ...keys, mode: 'entra', appServiceAuthentication: true } as const;
  const statuses = async (times: number, sent: Sent) => {
    const all: number[] = [];
    for (let time = 0; time < times; time += 1) all.push((await send(sent)).status);
    return all;
  };

  test('reads and writes are counted apart, each caller by themselves, and a minute later there is room again', async () => {
    const with_ = { rates: rates(), callers: keys };
    const key = (value: string) => ({ 'x-functions-key': value });
    expect(await statuses(4, { with: with_, headers: key('a') })).toEqual([200, 200, 200, 429]);
    expect(await statuses(3, { with: with_, headers: key('a'), method: 'POST', role: 'operator' })).toEqual([
      200, 200, 429,
    ]);
    expect(await statuses(1, { with: with_, headers: key('b') })).toEqual([200]);
    expect(await statuses(1, { with: with_, query: { code: 'a' } })).toEqual([429]);
    const refused = await send({ with: with_, headers: key('a') });
    expect(refused.headers.get('retry-after')).toBe('20');
    expect(refused.json).toMatchObject({
      code: 'too-many-requests',
      title: 'Too Many Requests',
      runbook: expect.any(String),
    });
    services.clock.set('2026-01-01T10:00:20.000Z');
    expect(await statuses(2, { with: with_, headers: key('a') })).toEqual([200, 429]);
    services.clock.set('2026-01-01T10:00:00.000Z');
  });

  test('who is not known is counted by the address that the platform adds, whatever the caller puts before it', async () => {
    const with_ = { rates: rates(), callers: entra };
    const from = (claimed: string, address: string) => ({ 'x-forwarded-for': `${claimed}, ${address}:4711` });
    const asked: Sent[] = Array.from({ length: 61 }, (_, index) => ({
      with: with_,
      headers: from(`10.0.0.${index}`, '192.0.2.1'),
    }));
    const all: number[] = [];
    for (const each of asked) all.push((await send(each)).status);
    expect([all.slice(0, 60).every((status) => status === 401), all[60]]).toEqual([true, 429]);
    expect((await send({ with: with_, headers: from('10.0.0.1', '192.0.2.2') })).status).toBe(401);
  });

  test('what is open to everybody is counted by the address, whatever key or principal somebody makes up', async () => {
    const made = { 'x-ms-client-principal': Buffer.from('{"auth_typ":"aad","claims":[]}').toString('base64') };
    const open = (callers: TestServices['callers'], rate: RateLimiter) => ({
      ask: (address: string, headers: Record<string, string>) =>
        send({ with: { rates: rate, callers }, role: null, headers: { 'x-forwarded-for': address, ...headers } }),
    });
    for (const callers of [keys, entra]) {
      const { ask } = open(callers, rates());
      const all: number[] = [];
      for (const key of ['a', 'b', 'c', 'd']) {
        all.push((await ask('192.0.2.1', { 'x-functions-key': key, ...made })).status);
      }
      expect(all).toEqual([200, 200, 200, 429]);
      // Somebody else's health check does not pay for it.
      expect((await ask('192.0.2.2', {})).status).toBe(200);
    }
  });

  test('thirty refusals of a caller stand in the audit trail, then they are only logged', async () => {
    const with_ = { rates: rates(), callers: entra };
    const headers = { 'x-forwarded-for': '198.51.100.7:1', 'x-correlation-id': 'flood' };
    await statuses(40, { with: with_, headers });
    const entries = await services.stores.audit.list({ day: '2026-01-01', limit: 1000 });
    expect(entries.filter(({ correlationId }) => correlationId === 'flood')).toHaveLength(1);
    expect(services.events.filter((event) => event === 'access-refused').length).toBeGreaterThanOrEqual(40);
  });

  test('callers are forgotten, the one seen longest ago first, so that many addresses do not fill the memory', () => {
    const limiter = new RateLimiter(ratesOf({ reads: 1, writes: 1 }));
    expect(limiter.take('read', 'first', 0)).toBe(0);
    expect(limiter.take('read', 'first', 0)).toBeGreaterThan(0);
    for (let index = 0; index < 10_000; index += 1) limiter.take('read', `caller ${index}`, 0);
    expect(limiter.take('read', 'first', 0)).toBe(0);
    expect(limiter.take('read', 'caller 9999', 0)).toBeGreaterThan(0);
  });
});

describe('how much', () => {
  test.each<[string, Sent, number, string, string]>([
    [
      'an address that is too long',
      { query: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`q${i}`, 'x'.repeat(1000)])) },
      413,
      'request-too-large',
      'The address of the request is longer than 8000 characters',
    ],
    [
      'a value of the query that is too long',
      { query: { pipeline: 'x'.repeat(4001) } },
      400,
      'invalid-request',
      'pipeline: is longer than 4000 characters',
    ],
    [
      'too many parameters',
      { query: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`q${i}`, '1'])) },
      400,
      'invalid-request',
      'query: has at most 50 parameters',
    ],
    [
      'a NUL in the query',
      { query: { pipeline: 'a\0b' } },
      400,
      'invalid-request',
      'pipeline: has a control character',
    ],
    [
      'a part of the path that is too long',
      { params: { id: 'x'.repeat(201) } },
      400,
      'invalid-request',
      '{id}: this part of the path has 1 to 200',
    ],
    [
      'a way out of the path',
      { params: { name: '../../etc/passwd' } },
      400,
      'invalid-request',
      '{name}: this part of the path',
    ],
    [
      'SQL in the path',
      { params: { name: "a'; DROP TABLE x; --" } },
      400,
      'invalid-request',
      '{name}: this part of the path',
    ],
    [
      'a letter that is none of ours',
      { params: { name: 'aé' } },
      400,
      'invalid-request',
      '{name}: this part of the path',
    ],
  ])('%s', async (_, sent, status, code, says) => {
    const answer = await send(sent);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json.detail).toContain(says);
    expect(answer.json.fix).not.toBe('');
  });

  test('what is usual passes', async () => {
    const usual = {
      params: { name: 'run-0a.flights.transform.12~1', row: '-1-42', token: 't'.repeat(600) },
      query: { code: 'k', limit: '20', value: 'a\tb\nü€😀' },
    };
    expect((await send(usual)).status).toBe(200);
  });
});
