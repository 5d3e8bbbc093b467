import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

const alert = (more: object = {}) => ({
  id: 'al-1',
  state: 'open',
  severity: 'error',
  title: 'orders failed: x',
  what: 'It broke.',
  data: 'Nothing was loaded.',
  todo: 'Mend it.',
  runId: 'run-1',
  runbook: 'docs/runbooks/x.md',
  owner: 'sales',
  firstAt: '2026-01-01T09:00:00.000Z',
  count: 3,
  acknowledged: null,
  resolved: null,
  ...more,
});
const asked: string[] = [];
const url = useFakeApi(({ url: address, method }) => {
  asked.push(`${method} ${address}`);
  if (address.startsWith('/api/alerts?'))
    return { json: { alerts: [alert(), alert({ id: 'al-2', state: 'resolved' })] } };
  if (address === '/api/alerts/al-1') {
    const timeline = [{ at: '2026-01-01T09:00:00.000Z', event: 'raised', by: 'sluice', text: 'It broke.' }];
    return { json: { ...alert(), timeline } };
  }
  if (address === '/api/alerts/al-1/acknowledge') {
    return {
      json: alert({
        state: 'acknowledged',
        acknowledged: { by: 'local:ann', at: '2026-01-01T10:00:00.000Z', note: '' },
      }),
    };
  }
  if (address === '/api/alerts/al-1/resolve') {
    return {
      json: alert({ state: 'resolved', resolved: { by: 'local:ann', at: '2026-01-01T10:00:00.000Z', reason: 'r' } }),
    };
  }
  if (address === '/api/alerts/test/mail')
    return { json: { channel: 'mail', sent: true, reference: null, detail: null } };
  return { status: 404, json: { code: 'unknown-channel', detail: 'no such channel', fix: 'take another' } };
});
const run = (...args: string[]) => sluice(['alerts', ...args, '--url', url()]);

test('lists those that are not resolved, and ends with 1 where one is open', async () => {
  const { code, out } = await run('list', '--pipeline', 'orders');
  expect(code).toBe(1);
  expect(out).toBe(`Alert  State  Severity  Since              Times  Title
al-1   open   error     2026-01-01T09:00Z  3      orders failed: x
`);
  expect(asked.at(-1)).toBe('GET /api/alerts?pipeline=orders');
  expect((await run('list', '--state', 'all')).out).toContain('al-2');
  await run('list', '--state', 'open');
  expect(asked.at(-1)).toBe('GET /api/alerts?state=open');
});

test('shows one: what happened, the data, what to do, and the timeline', async () => {
  const { out } = await run('show', 'al-1');
  expect(out).toContain('What to do     Mend it.');
  expect(out).toContain('2026-01-01T09:00:00Z  raised, sluice: It broke.');
});

test('takes up, resolves and tests', async () => {
  expect(await run('ack', 'al-1', '--note', 'on it')).toMatchObject({
    code: 0,
    out: 'al-1 is acknowledged, by local:ann at 2026-01-01T10:00:00.000Z.\n',
  });
  expect(await run('resolve', 'al-1', '--reason', 'r')).toMatchObject({
    code: 0,
    out: 'al-1 is resolved, by local:ann at 2026-01-01T10:00:00.000Z.\n',
  });
  expect(await run('test', 'mail')).toMatchObject({ code: 0, out: 'mail took the message.\n' });
  expect(await run('test', 'pager')).toMatchObject({ code: 1 });
});

test('says what it wants', async () => {
  expect(await run('resolve', 'al-1')).toMatchObject({ code: 2 });
  expect((await run('lst')).err).toContain("Did you mean 'list'?");
  expect(await sluice(['alerts'])).toMatchObject({ code: 2 });
});
