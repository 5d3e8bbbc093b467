import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import fc from 'fast-check';
import { guarded } from '../../src/triggers/http/guarded';
import { handle } from '../../src/triggers/http/handle';
import type { HttpRoute } from '../../src/triggers/http/http-route';
import { DESCRIPTIONS } from '../../src/triggers/http/openapi/descriptions';
import type { RouteDescription } from '../../src/triggers/http/openapi/route-description';
import { RateLimiter, ratesOf } from '../../src/triggers/http/rate-limiter';
import { ROUTES } from '../../src/triggers/http/routes';
import type { TriggerServices } from '../../src/triggers/trigger-services';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { FakeOrchestrations } from '../unit/triggers/fake-orchestrations';
import { FUZZ_SEED, FUZZ_TIMES } from './fuzz-options';
import { anyJson, anyText, HOSTILE_BODIES, HOSTILE_TEXTS, mangledJson } from './hostile-values';

const ROOT = path.join(__dirname, '../..');
/** Requests of each route. */
const RUNS = 25 * FUZZ_TIMES;
/** An answer that takes longer is a hang. */
const LONGEST_MS = 30_000;
/** Stands in headers that the app is given and must never give back. */
const KEY = 'function-key-that-nobody-may-see';

const EXPECTED = new Set([200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429]);

let app: InProcessApp;
let services: TriggerServices;
/** Ids and names that exist, so that what comes after looking them up is reached too. */
let known: readonly string[];
let batch = '';

beforeAll(async () => {
  app = await startInProcessApp();
  await app.writePipeline(
    'orders',
    `pipeline: orders
parameters: { day: { type: date, default: 2001-01-01 } }
source: { connection: landing, files: 'orders/*.csv', columns: { id: integer, amount: integer } }
checks: [{ range: { column: amount, max: 100 } }]
target: { connection: warehouse, table: shop.orders, writeDisposition: append }
`,
  );
  await app.land('orders/a.csv', 'id,amount\n1,10\n2,500\n');
  const { runId } = await app.run('orders');
  const rates = new RateLimiter(ratesOf({ reads: 1e9, writes: 1e9 }));
  services = { ...app.services.triggers, callers: { ...app.services.triggers.callers, localUser: 'fuzz' }, rates };
  const [quarantined] = await services.stores.quarantine.list({ limit: 1 });
  batch = quarantined === undefined ? '' : ((await batchIds())[0] ?? '');
  known = [
    'orders',
    'landing',
    'warehouse',
    'closed',
    runId,
    batch,
    '0-2',
    'bf-000000000000000000000000',
    'invalid-request',
  ];
  expect(batch).not.toBe('');
});
afterAll(() => app.stop());

async function batchIds(): Promise<readonly string[]> {
  const route = ROUTES.find(({ name }) => name === 'api-list-quarantine')!;
  const { json } = await call(route);
  return (json as { batches: { id?: string; batch?: string }[] }).batches.map(({ id, batch: its }) => id ?? its ?? '');
}

interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

async function call(of: Pick<HttpRoute, 'method' | 'route' | 'does'> & Partial<HttpRoute>, sent: Sent = {}) {
  const { method, route, does, role = 'reader', statuses } = of;
  const place = route.replaceAll(/\{\*?(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(wellFormed(sent.params?.[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of sent.query ?? []) search.append(wellFormed(name), wellFormed(value));
  const request = new HttpRequest({
    method,
    url: `http://app.test/api/${place}${search.size === 0 ? '' : `?${search.toString()}`}`,
    headers: { 'x-functions-key': KEY, ...sent.headers },
    params: { ...sent.params },
    query: Object.fromEntries(search),
    ...(sent.body !== undefined && {
      body: typeof sent.body === 'string' ? { string: sent.body } : { bytes: sent.body },
    }),
  });
  const handler = handle(services, guarded({ role, method, does }), statuses);
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = await Promise.race([
    handler(request, new FakeOrchestrations() as never, context) as Promise<HttpResponseInit>,
    sleep(LONGEST_MS, null, { ref: false }),
  ]);
  if (answer === null) throw new Error(`no answer in ${LONGEST_MS / 1000} s`);
  const { status = 200, headers, jsonBody, body } = answer;
  const text = jsonBody === undefined ? ((body as string | undefined) ?? '') : JSON.stringify(jsonBody);
  const kinds = new Headers(headers as Record<string, string>);
  const json: unknown =
    jsonBody ?? (kinds.get('content-type')?.includes('json') === true ? JSON.parse(text) : undefined);
  return { status, headers: kinds, json, text };
}

/** URLs cannot hold half of a pair; what is sent there in its place is another character. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** Whatever is asked, it is answered as the API promises: no failure of ours, and with each refusal why and what to do. */
function expectExplained({ status, headers, json, text }: Awaited<ReturnType<typeof call>>): void {
  expect([...EXPECTED]).toContain(status);
  expect(text).not.toContain(KEY);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  if (status < 400) return;
  // Pages for people say it in words.
  if (headers.get('content-type')?.startsWith('text/html') === true) {
    expect(text).toMatch(/<h1>[^<]+<\/h1>\s*<p>[^<]+/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    return;
  }
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(json).toMatchObject({
    type: expect.stringMatching(/^urn:sluice:problem:[a-z-]+$/) as string,
    title: expect.stringMatching(/\S/) as string,
    status,
    detail: expect.stringMatching(/\S/) as string,
    code: expect.stringMatching(/^[a-z-]+$/) as string,
    fix: expect.stringMatching(/\S/) as string,
    runbook: expect.stringMatching(/^docs\/runbooks\/[a-z-]+\.md$/) as string,
  });
  const { runbook } = json as { runbook: string };
  expect(existsSync(path.join(ROOT, runbook))).toBe(true);
  // A refusal says what is wrong, and does not give back all that was sent.
  expect(text.length).toBeLessThan(20_000);
}

const described = DESCRIPTIONS as Readonly<Record<string, RouteDescription | undefined>>;
const paramsOf = (route: string): string[] => [...route.matchAll(/\{\*?(\w+)\}/g)].map(([, name]) => name ?? '');

/** Requests of a route: what it knows, and what nobody should send, mixed. */
function requestsOf({ name, route, method }: HttpRoute): fc.Arbitrary<Sent> {
  const { query, bodyExample } = described[name] ?? {};
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.nat().map((index) => known[index % known.length] ?? '') },
    { weight: 2, arbitrary: anyText },
  );
  const params = fc.record(Object.fromEntries(paramsOf(route).map((each) => [each, part])));
  const names = fc.oneof(fc.constantFrom('limit', 'pipeline', ...Object.keys(query?.shape ?? {})), anyText);
  const values = fc.oneof(anyText, part, fc.integer().map(String));
  const body =
    method === 'GET'
      ? fc.constant(undefined)
      : fc.oneof(
          fc.constantFrom(...HOSTILE_BODIES),
          anyJson.map((value) => JSON.stringify(value)),
          mangledJson(bodyExample ?? { reason: 'r', force: true, dryRun: true, parameters: {} }).map((value) =>
            JSON.stringify(value),
          ),
          fc.uint8Array({ maxLength: 200 }),
          fc.constant(undefined),
        );
  const headers = fc.dictionary(
    fc.constantFrom(
      'content-type',
      'idempotency-key',
      'x-correlation-id',
      'if-match',
      'x-http-method-override',
      'x-ms-client-principal',
      'x-forwarded-for',
      'content-length',
      'accept',
    ),
    fc
      .oneof(
        fc.constantFrom(
          'application/json',
          'text/xml',
          'application/json; charset=utf-16',
          '-1',
          '99999999999',
          'e30=',
        ),
        anyText,
      )
      .filter(isHeaderValue),
    { maxKeys: 4 },
  );
  return fc.record({ params, query: fc.array(fc.tuple(names, values), { maxLength: 5 }), headers, body });
}

/** Others never arrive: servers refuse them. */
function isHeaderValue(value: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);
}

test.each(ROUTES.map((route) => [`${route.method} /api/${route.route}`, route] as const))('%s', async (_, route) => {
  const options = { seed: FUZZ_SEED, numRuns: RUNS, endOnFailure: FUZZ_TIMES === 1 };
  await fc.assert(
    fc.asyncProperty(requestsOf(route), async (sent) => expectExplained(await call(route, sent))),
    options,
  );
});

test.each(
  ROUTES.filter(({ method }) => method !== 'GET').map(
    (route) => [`${route.method} /api/${route.route}`, route] as const,
  ),
)('%s with each body that nobody should send', async (_, route) => {
  const params = Object.fromEntries(paramsOf(route.route).map((name) => [name, validOf(name, route.route)]));
  for (const body of HOSTILE_BODIES) expectExplained(await call(route, { params, body }));
});

test.each(
  ROUTES.filter(({ route }) => route.includes('{')).map(
    (route) => [`${route.method} /api/${route.route}`, route] as const,
  ),
)('%s with each name that nobody has', async (_, route) => {
  for (const text of HOSTILE_TEXTS) {
    for (const name of paramsOf(route.route)) {
      const params = Object.fromEntries(
        paramsOf(route.route).map((each) => [each, each === name ? text : validOf(each, route.route)]),
      );
      const answer = await call(route, { params, ...(route.method !== 'GET' && { body: '{"reason":"r"}' }) });
      expectExplained(answer);
    }
  }
});

function validOf(name: string, route: string): string {
  if (name === 'batch') return batch;
  if (name === 'row') return '0-2';
  if (name === 'name') return route.startsWith('connections') ? 'closed' : 'orders';
  return known.find((each) => each.startsWith('run-')) ?? '';
}
