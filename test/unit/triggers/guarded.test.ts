import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { isAtLeast, ROLES, type Role } from '../../../src/model/role';
import { guarded } from '../../../src/triggers/http/guarded';
import { handle } from '../../../src/triggers/http/handle';
import type { HttpRoute } from '../../../src/triggers/http/http-route';
import { ROUTES } from '../../../src/triggers/http/routes';
import type { Callers } from '../../../src/triggers/trigger-services';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
beforeAll(async () => {
  services = await testServices();
});

const reached: Pick<HttpRoute, 'does' | 'method'> = {
  method: 'POST',
  does: () => Promise.resolve({ jsonBody: { reached: true } }),
};

async function call(role: Role | null, callers: Partial<Callers>, held: readonly string[] | null, headers = {}) {
  const claims = [{ typ: 'name', val: 'eve' }, ...(held ?? []).map((val) => ({ typ: 'roles', val }))];
  const principal = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64');
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://app.test/api/runs',
    headers: { ...(held !== null && { 'x-ms-client-principal': principal }), ...headers },
  });
  const its = { ...services, callers: { ...services.callers, localUser: null, ...callers } };
  const handler = handle(its, guarded({ role, ...reached }));
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handler(request, new FakeOrchestrations() as never, context)) as HttpResponseInit;
  const json = answer.jsonBody ?? JSON.parse(answer.body as string);
  return { status: answer.status ?? 200, headers: new Headers(answer.headers as Record<string, string>), json };
}
const ENTRA = { mode: 'entra', appServiceAuthentication: true } as const;

test.each(ROLES.flatMap((needed) => [null, ...ROLES].map((held) => ({ needed, held }))))(
  'a route for $needed, asked by $held',
  async ({ needed, held }) => {
    const { status, json } = await call(needed, ENTRA, held === null ? [] : [held]);
    if (isAtLeast(held, needed)) expect([status, json]).toEqual([200, { reached: true }]);
    else expect([status, json.neededRole, json.role]).toEqual([403, needed, held]);
  },
);

test('a caller nobody knows gets 401, how to sign in, and stands in the audit trail', async () => {
  const { status, headers, json } = await call('operator', ENTRA, null, { 'x-correlation-id': 'c-1' });
  expect(status).toBe(401);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
  expect(json).toMatchObject({ code: 'sign-in-required', neededRole: 'operator', title: 'Unauthorized' });
  const entries = await services.stores.audit.list({ day: '2026-01-01', limit: 100 });
  expect(entries).toContainEqual({
    at: '2026-01-01T10:00:00.000Z',
    action: 'access-refused',
    by: 'anonymous',
    subject: 'POST /api/runs',
    detail: { code: 'sign-in-required', neededRole: 'operator', role: null },
    correlationId: 'c-1',
  });
});

test('who has too little of a role gets 403 and stands in the audit trail; the answer does not wait for a store that fails', async () => {
  const { status, json } = await call('admin', ENTRA, ['reader']);
  expect([status, json.code, json.runbook]).toEqual([403, 'role-required', 'docs/runbooks/role-required.md']);
  const entries = await services.stores.audit.list({ day: '2026-01-01', limit: 100 });
  expect(entries.map(({ by, detail }) => [by, detail['role']])).toContainEqual(['eve', 'reader']);
  const audit = { append: () => Promise.reject(new Error('no storage')), list: services.stores.audit.list };
  const before = services.stores;
  services = { ...services, stores: { ...before, audit } };
  expect((await call('admin', ENTRA, ['reader'])).status).toBe(403);
  services = { ...services, stores: before };
});

test('what another site has a browser change is refused, also where nobody has to sign in; looking is not', async () => {
  const asked = async (site: string | null, local: boolean) => {
    const callers = local ? { localUser: 'ann' } : ENTRA;
    const { status, json } = await call(
      'operator',
      callers,
      ['operator'],
      site === null ? {} : { 'sec-fetch-site': site },
    );
    return [status, json.code ?? null];
  };
  for (const local of [true, false]) {
    for (const site of [null, 'none', 'same-origin']) expect(await asked(site, local)).toEqual([200, null]);
    for (const site of ['cross-site', 'same-site'])
      expect(await asked(site, local)).toEqual([403, 'cross-site-request']);
  }
  const get = new HttpRequest({
    method: 'GET',
    url: 'http://a.test/api/runs',
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  const reads = guarded({ role: 'reader', method: 'GET', does: reached.does });
  expect(await reads(services, get, new FakeOrchestrations() as never)).toMatchObject({ jsonBody: { reached: true } });
});

test('with Entra and the platform off nothing is answered but what is open to everybody', async () => {
  const off = { mode: 'entra', appServiceAuthentication: false } as const;
  for (const role of ROLES) {
    const { status, json } = await call(role, off, ['admin']);
    expect([status, json.code]).toEqual([503, 'authentication-off']);
  }
  expect((await call(null, off, null)).status).toBe(200);
});

test('every route that changes something, or shows values of rows, takes an operator; decisions about data an approver', () => {
  const needs = (role: Role | null) =>
    ROUTES.filter((route) => route.role === role).map(({ method, route }) => `${method} ${route}`);
  // What they show is the same for every app of this version, or whether it works.
  // Links of messages are their own proof: signed, for a time, and used once.
  const links = /^(GET|POST) alert-links\/\{token\}$/;
  for (const route of needs(null).filter((each) => !links.test(each))) {
    expect(route).toMatch(/^GET (health|openapi\.json|docs|dashboard(\/.*)?)$/);
  }
  for (const route of needs('reader')) expect(route).toMatch(/^GET /);
  const rows = ROUTES.filter(({ method, route }) => method === 'GET' && route.includes('/rows'));
  expect(rows.map(({ role }) => role)).toEqual(['operator', 'operator']);
  const decisions = ROUTES.filter(({ method, route }) => method !== 'GET' && route.startsWith('quarantine/'));
  expect(decisions.map(({ role }) => role)).toEqual(['approver', 'approver', 'approver']);
});
