import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { handle } from '../../../src/triggers/http/handle';
import { ROUTES } from '../../../src/triggers/http/routes';
import { guarded } from '../../../src/triggers/http/guarded';
import type { AlertEvent } from '../../../src/model/alert';
import { AlertNotSentError } from '../../../src/errors/alert-not-sent-error';
import { signToken } from '../../../src/platform/signed-token';
import { FakeOrchestrations } from './fake-orchestrations';
import { LINK_SECRET, testServices, type TestServices } from './test-services';

let services: TestServices;
const woken: string[] = [];
const durable = Object.assign(new FakeOrchestrations(), { raiseEvent: async (id: string) => void woken.push(id) });
beforeAll(async () => {
  services = await testServices();
});
beforeEach(() => void (woken.length = 0));

let events = 0;
const raise = async (more: Partial<AlertEvent> = {}) => {
  const event: AlertEvent = {
    key: `k${events++}`,
    event: 'e',
    at: '2026-01-01T09:00:00.000Z',
    kind: 'run-failed',
    severity: 'error',
    pipeline: 'orders',
    runId: 'run-1',
    connection: null,
    failureClass: 'transient',
    code: 'x',
    owner: null,
    tags: {},
    title: 'orders failed: <x>',
    what: 'w',
    data: 'd',
    todo: 'x',
    runbook: null,
    ...more,
  };
  return (await services.stores.alerts.raise(event)).alert;
};
const inGroup = async () => {
  const alert = await raise();
  const made = {
    key: `g${events++}`,
    route: 'all',
    storm: false,
    createdAt: '2026-01-01T09:00:00.000Z',
    dueAt: '2026-01-01T09:00:30.000Z',
  };
  const group = await services.stores.alertGroups.join(alert.id, made);
  await services.stores.alerts.change(alert.id, (found) => ({ ...found, groups: { all: group.id } }));
  return { alert, group };
};

async function send(
  name: (typeof ROUTES)[number]['name'],
  address: string,
  params: Record<string, string> = {},
  body?: object,
) {
  const route = ROUTES.find((one) => one.name === name)!;
  const url = `http://app.test/api${address}`;
  const request = new HttpRequest({
    method: route.method,
    url,
    params,
    query: Object.fromEntries(new URL(url).searchParams),
    ...(body && { headers: { 'content-type': 'application/json' }, body: { string: JSON.stringify(body) } }),
  });
  const answer = (await handle(services, guarded(route), route.statuses)(
    request,
    durable as never,
    {
      invocationId: 'i',
    } as unknown as InvocationContext,
  )) as HttpResponseInit;
  const text = typeof answer.body === 'string' ? answer.body : '';
  const headers = answer.headers as Record<string, string>;
  const json = answer.jsonBody ?? (text.startsWith('{') ? JSON.parse(text) : undefined);
  return { status: answer.status ?? 200, json, text, headers };
}

test('lists by what is asked, and one with its timeline and messages', async () => {
  const { alert, group } = await inGroup();
  const send1 = {
    group: group.id,
    message: 'raised:0:0',
    channel: 'mail',
    state: 'sent' as const,
    key: 'k',
    attempts: 2,
    unknown: 0,
  };
  await services.stores.alertGroups.saveSend(
    {
      ...send1,
      firstAt: '2026-01-01T09:00:30.000Z',
      lastAt: '2026-01-01T09:00:40.000Z',
      reference: 'OPS-7',
      detail: null,
    },
    null,
  );
  const { json } = await send('api-list-alerts', '/alerts?state=open&pipeline=orders');
  expect(json.alerts[0]).toMatchObject({ id: alert.id, state: 'open', title: 'orders failed: <x>' });
  expect(json.alerts[0]).not.toHaveProperty('key');
  const one = await send('api-get-alert', `/alerts/${alert.id}`, { id: alert.id });
  expect(one.json.timeline).toEqual([
    { at: '2026-01-01T09:00:00.000Z', event: 'raised', by: 'sluice', text: 'w' },
    {
      at: '2026-01-01T09:00:40.000Z',
      event: 'sent',
      by: 'mail',
      text: 'raised to mail was sent in attempt 2 (reference OPS-7)',
    },
  ]);
  expect(await send('api-get-alert', '/alerts/x', { id: 'x' })).toMatchObject({
    status: 404,
    json: { code: 'alert-not-found' },
  });
  expect(await send('api-list-alerts', '/alerts?state=closed')).toMatchObject({ status: 400 });
});

test('comes in pages', async () => {
  for (let index = 0; index < 3; index++) await raise({ pipeline: 'paged' });
  const first = await send('api-list-alerts', '/alerts?pipeline=paged&limit=2');
  expect(first.json.alerts).toHaveLength(2);
  const second = await send('api-list-alerts', first.json.links.next.replace('/api', ''));
  expect(second.json).toMatchObject({ alerts: [{ pipeline: 'paged' }], continuation: null, links: {} });
  expect(await send('api-list-alerts', '/alerts?continuation=abc')).toMatchObject({ status: 400 });
});

test('the first acknowledgement stands, wakes whoever tells of it, and is audited', async () => {
  const { alert, group } = await inGroup();
  const { json } = await send(
    'api-acknowledge-alert',
    `/alerts/${alert.id}/acknowledge`,
    { id: alert.id },
    { note: 'on it' },
  );
  expect(json).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'local:ann', note: 'on it' } });
  expect(woken).toEqual([group.id]);
  services.clock.set('2026-01-01T10:01:00.000Z');
  const again = await send(
    'api-acknowledge-alert',
    `/alerts/${alert.id}/acknowledge`,
    { id: alert.id },
    { note: 'me too' },
  );
  expect(again.json.acknowledged.note).toBe('on it');
  const closed = await send('api-resolve-alert', `/alerts/${alert.id}/resolve`, { id: alert.id }, { reason: 'mended' });
  expect(closed.json).toMatchObject({ state: 'resolved', resolved: { by: 'local:ann', reason: 'mended' } });
  const late = await send('api-acknowledge-alert', `/alerts/${alert.id}/acknowledge`, { id: alert.id }, {});
  expect(late).toMatchObject({ status: 409, json: { code: 'alert-resolved' } });
  expect(await send('api-resolve-alert', `/alerts/${alert.id}/resolve`, { id: alert.id }, {})).toMatchObject({
    status: 400,
  });
  const audited = await services.stores.audit.list({ day: '2026-01-01', limit: 20 });
  expect(
    audited
      .filter(({ subject }) => subject === alert.id)
      .map(({ action }) => action)
      .toSorted(),
  ).toEqual(['alert-acknowledged', 'alert-resolved']);
});

test('a test of a channel says what became of it', async () => {
  Object.assign(services, { testChannel: async () => ({ reference: null, detail: null }) });
  expect(await send('api-test-alert-channel', '/alerts/test/mail', { channel: 'mail' }, {})).toMatchObject({
    status: 200,
    json: { channel: 'mail', sent: true },
  });
  const failure = new AlertNotSentError('mail', 'HTTP 500', { fate: 'refused', passes: true });
  Object.assign(services, { testChannel: () => Promise.reject(failure) });
  expect(await send('api-test-alert-channel', '/alerts/test/mail', { channel: 'mail' }, {})).toMatchObject({
    status: 502,
    json: { code: 'alert-not-sent' },
  });
});

describe('a link of a message', () => {
  const linkOf = (group: string, more: { expires?: number; nonce?: string } = {}, secret = LINK_SECRET): string =>
    signToken(
      {
        group,
        channel: 'mail',
        expires: Date.parse('2026-01-02T00:00:00Z') / 1000,
        nonce: `nonce${events++}`,
        ...more,
      },
      secret,
    );
  const open = (token: string) => send('api-show-alert-link', `/alert-links/${token}`, { token });
  const use = (token: string) => send('api-use-alert-link', `/alert-links/${token}`, { token });

  test('shows a page and changes nothing: programs that scan mail open it', async () => {
    const { alert, group } = await inGroup();
    const token = linkOf(group.id);
    for (let opened = 0; opened < 3; opened++) expect(await open(token)).toMatchObject({ status: 200 });
    const { text, headers } = await open(token);
    expect(text).toContain('orders failed: &lt;x&gt;');
    expect(text).toContain('<form method="post">');
    expect(headers).toMatchObject({
      'Content-Security-Policy': expect.stringContaining("default-src 'none'") as string,
      'Cache-Control': 'no-store',
    });
    expect((await services.stores.alerts.get(alert.id))?.state).toBe('open');
  });

  test('acknowledges once, when it is sent off', async () => {
    const { alert, group } = await inGroup();
    const token = linkOf(group.id);
    expect(await use(token)).toMatchObject({ status: 200, text: expect.stringContaining('Acknowledged') as string });
    expect(await services.stores.alerts.get(alert.id)).toMatchObject({
      state: 'acknowledged',
      acknowledged: { by: 'link:mail' },
    });
    expect(woken).toEqual([group.id]);
    expect(await use(token)).toMatchObject({ status: 410, text: expect.stringContaining('used before') as string });
    expect(await open(token)).toMatchObject({ status: 410 });
  });

  test('that has expired, is not ours, was changed, or leads nowhere, does nothing', async () => {
    const { alert, group } = await inGroup();
    const expired = linkOf(group.id, { expires: Date.parse('2026-01-01T09:00:00Z') / 1000 });
    const [body = '', signature = ''] = linkOf(group.id).split('.');
    const other = Buffer.from(body, 'base64url').toString('utf8').replace(group.id, 'ag-other');
    const forged = [
      linkOf(group.id, {}, 'another secret of at least 32 characters'),
      `${Buffer.from(other).toString('base64url')}.${signature}`,
      'nonsense',
      `${body}.`,
    ];
    expect(await use(expired)).toMatchObject({ status: 410, text: expect.stringContaining('expired') as string });
    for (const token of forged) expect((await use(token)).status).toBe(404);
    expect((await services.stores.alerts.get(alert.id))?.state).toBe('open');
    await services.stores.alerts.change(alert.id, (found) => ({ ...found, state: 'resolved' }));
    expect(await use(linkOf(group.id))).toMatchObject({
      status: 410,
      text: expect.stringContaining('resolved') as string,
    });
  });

  test('is not ours where alerts.yaml wants none', async () => {
    const { group } = await inGroup();
    const token = linkOf(group.id);
    const { links } = services;
    Object.assign(services, { links: { linkSecret: async () => null } });
    expect(await open(token)).toMatchObject({ status: 404 });
    Object.assign(services, { links });
  });
});
