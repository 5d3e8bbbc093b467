import type { AlertEvent } from '../../../src/model/alert';
import type { AlertSend } from '../../../src/model/alert-group';
import type { Stores } from '../../../src/state/stores';
import { testStores } from './test-stores';

let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
});
let keys = 0;
const key = (): string => `key-${keys++}`;
const event = (more: Partial<AlertEvent> = {}): AlertEvent => ({
  key: 'k',
  event: 'run-1',
  at: '2026-01-01T00:00:00.000Z',
  kind: 'run-failed',
  severity: 'error',
  pipeline: 'flights',
  runId: 'run-1',
  connection: null,
  failureClass: 'transient',
  code: 'x',
  owner: null,
  tags: {},
  title: 't',
  what: 'w',
  data: 'd',
  todo: 'x',
  runbook: null,
  ...more,
});
const resolve = (id: string) =>
  stores.alerts.change(id, (alert) => ({
    ...alert,
    state: 'resolved',
    resolved: { by: 'a', at: '2026-01-02T00:00:00.000Z', reason: 'r' },
  }));

test('the same event is one, another joins, and what comes after the end is a new alert', async () => {
  const k = key();
  const first = await stores.alerts.raise(event({ key: k }));
  expect(first).toMatchObject({ raised: 'new', alert: { state: 'open', count: 1 } });
  expect(await stores.alerts.raise(event({ key: k }))).toMatchObject({
    raised: 'known',
    alert: { id: first.alert.id, count: 1 },
  });
  const again = await stores.alerts.raise(
    event({ key: k, event: 'run-2', at: '2026-01-01T01:00:00.000Z', title: 'newer' }),
  );
  expect(again).toMatchObject({
    raised: 'joined',
    alert: {
      id: first.alert.id,
      count: 2,
      title: 'newer',
      firstAt: '2026-01-01T00:00:00.000Z',
      lastAt: '2026-01-01T01:00:00.000Z',
    },
  });
  await resolve(first.alert.id);
  expect(await stores.alerts.raise(event({ key: k, event: 'run-2' }))).toMatchObject({
    raised: 'known',
    alert: { state: 'resolved' },
  });
  const anew = await stores.alerts.raise(event({ key: k, event: 'run-3' }));
  expect(anew).toMatchObject({ raised: 'new', alert: { count: 1 } });
  expect(anew.alert.id).not.toBe(first.alert.id);
  expect((await stores.alerts.notes(first.alert.id)).map((note) => note.event)).toEqual(['raised', 'again']);
});

test('many that raise at once make one alert that counts them all', async () => {
  const k = key();
  const raised = await Promise.all(
    Array.from({ length: 6 }, (_, index) => stores.alerts.raise(event({ key: k, event: `run-${index}` }))),
  );
  expect(new Set(raised.map(({ alert }) => alert.id)).size).toBe(1);
  expect(raised.filter((one) => one.raised === 'new')).toHaveLength(1);
  expect((await stores.alerts.get(raised[0]!.alert.id))?.count).toBe(6);
});

test('lists newest first, by what is asked, page by page; those that are not resolved apart', async () => {
  const own = await testStores();
  const raise = async (hour: number, more: Partial<AlertEvent>) =>
    (
      await own.alerts.raise(
        event({ key: `k${hour}`, event: `e${hour}`, at: `2026-01-01T0${hour}:00:00.000Z`, ...more }),
      )
    ).alert;
  const [a, b, c] = [
    await raise(1, {}),
    await raise(2, { pipeline: 'airports', severity: 'warning' }),
    await raise(3, { kind: 'anomaly' }),
  ];
  const ids = async (query: object) => (await own.alerts.list({ limit: 10, ...query })).alerts.map(({ id }) => id);
  expect(await ids({})).toEqual([c.id, b.id, a.id]);
  expect(await ids({ pipeline: 'airports' })).toEqual([b.id]);
  expect(await ids({ severity: 'warning' })).toEqual([b.id]);
  expect(await ids({ kind: 'anomaly' })).toEqual([c.id]);
  const page = await own.alerts.list({ limit: 2 });
  expect(page.alerts).toHaveLength(2);
  expect(await ids({ limit: 2, continuation: page.continuation })).toEqual([a.id]);
  expect((await own.alerts.list({ limit: 3 })).continuation).toBeNull();
  await own.alerts.change(b.id, (alert) => ({ ...alert, state: 'resolved' }));
  expect((await own.alerts.unresolved()).map(({ id }) => id).toSorted()).toEqual([a.id, c.id].toSorted());
  expect(await ids({ state: 'resolved' })).toEqual([b.id]);
  expect(await own.alerts.unresolvedOf('k2')).toBeNull();
  expect((await own.alerts.unresolvedOf('k1'))?.id).toBe(a.id);
  expect(await own.alerts.get('nonsense')).toBeNull();
  expect(await own.alerts.change('nonsense', (alert) => alert)).toBeNull();
});

test('notes are kept once, in order', async () => {
  const { alert } = await stores.alerts.raise(event({ key: key() }));
  const note = { at: '2026-01-01T02:00:00.000Z', event: 'held', by: 'maintenance', text: 'x' };
  for (const one of [note, note, { ...note, at: '2026-01-01T01:00:00.000Z' }]) await stores.alerts.note(alert.id, one);
  expect((await stores.alerts.notes(alert.id)).map(({ at }) => at.slice(11, 13))).toEqual(['00', '01', '02']);
});

describe('groups', () => {
  const made = (k: string) => ({
    key: k,
    route: 'r',
    storm: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    dueAt: '2026-01-01T00:00:30.000Z',
  });

  test('an alert joins the open group of the key once; after its end there is a new one', async () => {
    const k = key();
    const group = await stores.alertGroups.join('al-1', made(k));
    expect(await stores.alertGroups.join('al-1', made(k))).toEqual(group);
    const joined = await Promise.all(['al-2', 'al-3', 'al-4'].map((id) => stores.alertGroups.join(id, made(k))));
    expect(new Set(joined.map(({ id }) => id))).toEqual(new Set([group.id]));
    expect(await stores.alertGroups.get(group.id)).toMatchObject({ joined: 4, closedAt: null });
    expect(await stores.alertGroups.isOpen(k)).toBe(true);
    expect(await stores.alertGroups.close(group.id, 'now', async () => false)).toBe(false);
    expect(await stores.alertGroups.close(group.id, 'now', async () => true)).toBe(true);
    expect(await stores.alertGroups.close(group.id, 'later', async () => false)).toBe(true);
    expect(await stores.alertGroups.isOpen(k)).toBe(false);
    const next = await stores.alertGroups.join('al-5', made(k));
    expect(next.id).not.toBe(group.id);
    expect((await stores.alertGroups.open()).map(({ id }) => id)).toContain(next.id);
    expect((await stores.alertGroups.open()).map(({ id }) => id)).not.toContain(group.id);
    expect(await stores.alertGroups.get('nonsense')).toBeNull();
  });

  test('one that an alert joins while it is closed stays open', async () => {
    const k = key();
    const { id } = await stores.alertGroups.join('al-1', made(k));
    const closed = await stores.alertGroups.close(id, 'now', async () => {
      await stores.alertGroups.join('al-2', made(k));
      return true;
    });
    expect(closed).toBe(false);
    expect((await stores.alertGroups.get(id))?.closedAt).toBeNull();
  });

  test('a message is changed only as it was read, and a link is used once', async () => {
    const send: AlertSend = {
      group: 'ag-1',
      message: 'raised:0:0',
      channel: 'mail',
      state: 'sending',
      key: 'k',
      attempts: 1,
      unknown: 0,
      firstAt: '1',
      lastAt: '1',
      reference: null,
      detail: null,
    };
    expect(await stores.alertGroups.saveSend(send, null)).toBe(true);
    expect(await stores.alertGroups.saveSend(send, null)).toBe(false);
    const found = await stores.alertGroups.send('ag-1', 'raised:0:0', 'mail');
    expect(await stores.alertGroups.saveSend({ ...send, state: 'sent' }, found!.etag)).toBe(true);
    expect(await stores.alertGroups.saveSend({ ...send, state: 'refused' }, found!.etag)).toBe(false);
    expect(await stores.alertGroups.sends('ag-1')).toMatchObject([{ state: 'sent' }]);
    expect(await stores.alertGroups.isTokenUsed('n')).toBe(false);
    expect(await stores.alertGroups.useToken('n', 'now')).toBe(true);
    expect(await stores.alertGroups.useToken('n', 'now')).toBe(false);
    expect(await stores.alertGroups.isTokenUsed('n')).toBe(true);
  });
});
