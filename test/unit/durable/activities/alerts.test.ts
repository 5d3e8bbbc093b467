import { EntityId } from 'durable-functions';
import { composeAlerting } from '../../../../src/compose-alerting';
import { alertsFile, type AlertsConfig } from '../../../../src/config/schema/alerts';
import type { ActivityServices } from '../../../../src/durable/activities/activity-services';
import { actOnAlerts } from '../../../../src/durable/activities/alerts/act-on-alerts';
import { channelFailed } from '../../../../src/durable/activities/alerts/channel-failed';
import { closeAlertGroup } from '../../../../src/durable/activities/alerts/close-alert-group';
import { dispatchAlerts } from '../../../../src/durable/activities/alerts/dispatch-alerts';
import { raiseAlert, resolveAlert } from '../../../../src/durable/activities/alerts/raise-alert';
import { readAlertGroup } from '../../../../src/durable/activities/alerts/read-alert-group';
import { sendAlert } from '../../../../src/durable/activities/alerts/send-alert';
import { watchHealth } from '../../../../src/durable/activities/monitoring/watch-health';
import type { WatchingClient } from '../../../../src/durable/activities/monitoring/watching-client';
import type { SendAlertInput } from '../../../../src/durable/contracts/escalation';
import type { AlertEvent } from '../../../../src/model/alert';
import type { Logger } from '../../../../src/observability/logger';
import { NO_METERS } from '../../../../src/observability/metrics/meters';
import { NO_TRACING } from '../../../../src/observability/tracing/tracing';
import { readSettings } from '../../../../src/platform/settings';
import { readToken } from '../../../../src/platform/signed-token';
import { DEFAULT_PRICES } from '../../../../src/model/prices';
import { NO_USAGE, NO_WORK } from '../../../../src/model/usage';
import type { SecretExpiry } from '../../../../src/model/secret-expiry';
import type { Stores } from '../../../../src/state/stores';
import { receivingServer, type ReceivingServer } from '../../../support/receiving-server';
import { FakeOrchestrations } from '../../triggers/fake-orchestrations';
import { testStores } from '../../state/test-stores';

const quiet: Logger = { debug: noop, info: noop, warn: noop, error: noop, with: () => quiet };
function noop(): void {}
const SECRET = 'a secret of at least 32 characters';

let server: ReceivingServer;
let stores: Stores;
let durable: FakeOrchestrations & { readonly raised: string[]; raiseEvent(id: string): Promise<void> };
let client: WatchingClient;
let clock: string;
let config: AlertsConfig;
let services: ActivityServices;
let expiries: SecretExpiry[] = [];
const reruns: [string, string][] = [];

beforeAll(async () => {
  server = await receivingServer({ plain: true });
});
afterAll(() => server.stop());
beforeEach(async () => {
  stores = await testStores();
  server.received.length = 0;
  server.answer = () => ({});
  const raised: string[] = [];
  durable = Object.assign(new FakeOrchestrations(), { raised, raiseEvent: async (id: string) => void raised.push(id) });
  client = durable as unknown as WatchingClient;
  clock = '2026-01-01T10:00:00.000Z';
  use({});
  const settings = readSettings({ SLUICE_PUBLIC_URL: 'https://sluice.example.com', SLUICE_ENVIRONMENT: 'prod' });
  const alerting = composeAlerting({
    settings,
    env: {},
    secrets: { get: async (name) => (name === 'links' ? SECRET : Promise.reject(new Error(name))) },
    log: quiet,
    config: () => config,
    rerun: async (_client, pipeline, key) => (reruns.push([pipeline, key]), { runId: 'run-again' }),
  });
  const connections = { warehouse: { breaker: { openFor: '5m' }, maxPartitions: 2 } };
  services = {
    stores,
    log: quiet,
    tracing: NO_TRACING,
    meters: NO_METERS,
    alerting,
    now: () => clock,
    watched: () => ({ pipelines: { flights: { owner: 'aviation', tags: {} } }, connections }),
    prices: () => DEFAULT_PRICES,
    secretExpiries: async () => expiries,
    resources: async () => ({ memory: { used: 1, limit: 100 }, tempDisk: { used: 95, limit: 100 } }),
  } as unknown as ActivityServices;
});

function use(more: object): void {
  config = alertsFile.parse({
    channels: { hook: { kind: 'webhook', url: `${server.url}/hook`, timeout: '300ms' }, log: { kind: 'log' } },
    routes: [{ name: 'all', ladder: [{ notify: ['hook'] }] }],
    acknowledge: { secret: '${secret:links}' },
    ...more,
  });
}
const event = (more: Partial<AlertEvent> = {}): AlertEvent => ({
  key: 'run-failed:flights:x',
  event: 'run-1',
  at: clock,
  kind: 'run-failed',
  severity: 'error',
  pipeline: 'flights',
  runId: 'run-1',
  connection: 'warehouse',
  failureClass: 'transient',
  code: 'x',
  owner: null,
  tags: {},
  title: 'flights failed: x',
  what: 'password=hunter2 was wrong',
  data: 'd',
  todo: 'x',
  runbook: 'docs/runbooks/x.md',
  ...more,
});
const dispatch = () => dispatchAlerts(services, client, { now: clock });
const onlyGroup = async () => {
  const [group, ...others] = await stores.alertGroups.open();
  expect(others).toEqual([]);
  return group!;
};
async function inGroup(...events: AlertEvent[]) {
  const alerts = [];
  for (const one of events.length > 0 ? events : [event()]) alerts.push(await raiseAlert(services, one));
  await dispatch();
  return { group: await onlyGroup(), alerts };
}
const sending = (group: string, more: Partial<SendAlertInput> = {}): SendAlertInput => ({
  group,
  message: 'raised:0:0',
  about: 'raised',
  channel: 'hook',
  now: clock,
  ...more,
});
const outcome = async (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error: unknown) => {
      const { code, fate, class: kind } = error as { code: string; fate: string; class: string };
      return { code, fate, class: kind };
    },
  );
const later = (minutes: number): void => {
  clock = new Date(Date.parse(clock) + minutes * 60_000).toISOString();
};

describe('raising', () => {
  test('what looks like a secret is hidden, and alerts.yaml has the last word about severity', async () => {
    use({ severities: [{ match: { pipelines: ['flights'] }, severity: 'critical' }] });
    const alert = await raiseAlert(services, event());
    expect(alert).toMatchObject({ severity: 'critical', what: 'password=*** was wrong' });
  });

  test('an alert is resolved once, and whoever tells of it is woken', async () => {
    const { alerts, group } = await inGroup();
    const over = { by: 'sluice', at: clock, reason: 'run-2 succeeded' };
    await resolveAlert(services, client, alerts[0]!.id, over);
    await resolveAlert(services, client, alerts[0]!.id, { ...over, by: 'later' });
    expect(await stores.alerts.get(alerts[0]!.id)).toMatchObject({ state: 'resolved', resolved: over });
    expect(durable.raised).toEqual([group.id]);
  });
});

describe('dispatching', () => {
  test('starts one escalation for a group, though it is repeated, and wakes it when an alert joins', async () => {
    const { group, alerts } = await inGroup(event(), event({ key: 'other', event: 'e2' }));
    expect(group).toMatchObject({ joined: 2, dueAt: '2026-01-01T10:00:30.000Z', route: 'all' });
    expect(durable.starts).toEqual([group.id]);
    expect(durable.instances.get(group.id)?.input).toMatchObject({
      group: group.id,
      progress: { level: 0, dueAt: Date.parse(group.dueAt) },
    });
    await dispatch();
    expect(durable.starts).toHaveLength(1);
    expect(durable.raised).toEqual([]);
    expect((await stores.alerts.get(alerts[0]!.id))?.groups).toEqual({ all: group.id });
    await raiseAlert(services, event({ key: 'third', event: 'e3' }));
    await dispatch();
    expect(durable.raised).toEqual([group.id]);
  });

  test('a start that died is made up for; an escalation that ended too early begins again', async () => {
    await raiseAlert(services, event());
    durable.failNextStart = 'the host went away';
    await dispatch();
    expect(durable.starts).toEqual([]);
    await dispatch();
    const group = await onlyGroup();
    expect(durable.starts).toEqual([group.id]);
    durable.instances.get(group.id)!.runtimeStatus = 'Failed';
    await dispatch();
    expect(durable.starts).toHaveLength(2);
  });

  test('during maintenance it is noted and told of to nobody; afterwards it is, where it is not over', async () => {
    use({ maintenance: [{ reason: 'the warehouse moves', from: '2026-01-01T00:00:00Z', to: '2026-01-01T11:00:00Z' }] });
    const alert = await raiseAlert(services, event());
    await dispatch();
    await dispatch();
    expect(await stores.alertGroups.open()).toEqual([]);
    expect((await stores.alerts.notes(alert.id)).map((note) => note.event)).toEqual(['raised', 'held']);
    later(60);
    await dispatch();
    expect(durable.starts).toHaveLength(1);
  });

  test('a storm goes into one group', async () => {
    use({ storm: { most: 3, per: '10m' } });
    for (let index = 0; index < 10; index++)
      await raiseAlert(services, event({ key: `k${index}`, event: `e${index}`, pipeline: `p${index}` }));
    await dispatch();
    const groups = await stores.alertGroups.open();
    expect(groups).toHaveLength(4);
    expect(groups.find(({ storm }) => storm)?.joined).toBe(7);
    later(11);
    await raiseAlert(services, event({ key: 'calm', event: 'calm', pipeline: 'calm' }));
    await dispatch();
    expect((await stores.alertGroups.open()).filter(({ storm }) => !storm)).toHaveLength(4);
  });

  test('a digest is due at its time; alerts without a route, and of channels, are told of to nobody', async () => {
    use({
      routes: [
        { name: 'daily', match: { kinds: ['anomaly'] }, digest: { at: '08:00' }, ladder: [{ notify: ['hook'] }] },
      ],
    });
    await raiseAlert(services, event());
    await raiseAlert(services, event({ key: 'c', event: 'c', kind: 'channel-failed' }));
    await raiseAlert(services, event({ key: 'a', event: 'a', kind: 'anomaly' }));
    await dispatch();
    expect(await onlyGroup()).toMatchObject({ route: 'daily', dueAt: '2026-01-02T08:00:00.000Z', joined: 1 });
  });
});

describe('the standing of a group', () => {
  const read = async (id: string) => {
    const result = await readAlertGroup.handler(services)({ group: id, now: clock });
    return result.ok ? result.value : result;
  };

  test('is open while any alert is, and held back in quiet hours', async () => {
    const { group, alerts } = await inGroup(event(), event({ key: 'b', event: 'b' }));
    expect(await read(group.id)).toEqual({ state: 'open', version: 2, heldUntil: null });
    const take = (index: number, state: 'acknowledged' | 'resolved') =>
      stores.alerts.change(alerts[index]!.id, (alert) => ({ ...alert, state }));
    await take(0, 'acknowledged');
    expect(await read(group.id)).toMatchObject({ state: 'open' });
    await take(1, 'resolved');
    expect(await read(group.id)).toMatchObject({ state: 'acknowledged' });
    use({
      quietHours: { day: { from: '09:00', to: '17:00' } },
      routes: [{ name: 'all', quietHours: 'day', ladder: [{ notify: ['hook'] }] }],
    });
    expect(await read(group.id)).toMatchObject({ heldUntil: Date.parse('2026-01-01T17:00:00Z') });
    expect(await read('ag-gone')).toEqual({ state: 'resolved', version: 0, heldUntil: null });
  });

  test('it is closed when all are resolved, a digest in any case', async () => {
    const { group, alerts } = await inGroup();
    const close = async (force: boolean) => closeAlertGroup.handler(services)({ group: group.id, now: clock, force });
    expect(await close(false)).toEqual({ ok: true, value: { closed: false } });
    await stores.alerts.change(alerts[0]!.id, (alert) => ({ ...alert, state: 'resolved' }));
    expect(await close(false)).toEqual({ ok: true, value: { closed: true } });
    await raiseAlert(services, event({ event: 'anew' }));
    await dispatch();
    const next = await onlyGroup();
    expect(await closeAlertGroup.handler(services)({ group: next.id, now: clock, force: true })).toEqual({
      ok: true,
      value: { closed: true },
    });
  });
});

describe('sending', () => {
  test('is done once, though the activity is repeated, and says where to look', async () => {
    const { group, alerts } = await inGroup();
    expect(await sendAlert(services, client, sending(group.id))).toEqual({ now: true });
    expect(await sendAlert(services, client, sending(group.id))).toEqual({ now: false });
    expect(server.received).toHaveLength(1);
    const sent = server.received[0]!.json;
    expect(sent).toMatchObject({
      title: 'flights failed: x',
      environment: 'prod',
      items: [{ what: 'password=*** was wrong', runUrl: 'https://sluice.example.com/api/dashboard#/runs/run-1' }],
      alertUrl: `https://sluice.example.com/api/dashboard#/alerts/${alerts[0]!.id}`,
    });
    const token = sent.acknowledgeUrl.replace('https://sluice.example.com/api/alert-links/', '');
    expect(token.length).toBeLessThanOrEqual(200);
    expect(readToken(token, SECRET)).toMatchObject({
      group: group.id,
      channel: 'hook',
      expires: Date.parse('2026-01-02T10:00:00Z') / 1000,
    });
    expect(await stores.alertGroups.sends(group.id)).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  test('what the other side did not take is tried again under the same key', async () => {
    const { group } = await inGroup();
    server.answer = () => ({ status: 500 });
    expect(await outcome(sendAlert(services, client, sending(group.id)))).toMatchObject({
      class: 'transient',
      fate: 'refused',
    });
    server.answer = () => ({});
    expect(await sendAlert(services, client, sending(group.id))).toEqual({ now: true });
    const [one, two] = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(one).toBe(two);
    expect(server.received[1]!.json.again).toBe(false);
    expect(await stores.alertGroups.sends(group.id)).toMatchObject([{ state: 'sent', attempts: 2, unknown: 0 }]);
  });

  test('one of which nobody knows is sent a second time, says so, and never a third time', async () => {
    const { group } = await inGroup();
    server.answer = () => null;
    expect(await outcome(sendAlert(services, client, sending(group.id)))).toMatchObject({
      class: 'transient',
      fate: 'unknown',
    });
    expect(await outcome(sendAlert(services, client, sending(group.id)))).toMatchObject({
      class: 'transient',
      fate: 'unknown',
    });
    expect(await outcome(sendAlert(services, client, sending(group.id)))).toMatchObject({
      class: 'persistent',
      fate: 'unknown',
    });
    expect(server.received.map(({ json }) => json.again)).toEqual([false, true]);
    expect(await stores.alertGroups.sends(group.id)).toMatchObject([{ state: 'unknown', unknown: 2 }]);
  });

  test('an attempt that died is waited for, and then counts as one of which nobody knows', async () => {
    const { group } = await inGroup();
    const died: SendAlertInput = sending(group.id);
    await stores.alertGroups.saveSend(
      {
        group: group.id,
        message: died.message,
        channel: 'hook',
        state: 'sending',
        key: 'k',
        attempts: 1,
        unknown: 0,
        firstAt: clock,
        lastAt: clock,
        reference: null,
        detail: null,
      },
      null,
    );
    expect(await outcome(sendAlert(services, client, died))).toMatchObject({ class: 'transient', fate: 'refused' });
    expect(server.received).toEqual([]);
    later(2);
    expect(await sendAlert(services, client, died)).toEqual({ now: true });
    expect(server.received[0]!.json.again).toBe(true);
  });

  test('two at once send once', async () => {
    const { group } = await inGroup();
    const both = await Promise.all([1, 2].map(() => outcome(sendAlert(services, client, sending(group.id)))));
    expect(both.filter((one) => (one as { now?: boolean }).now === true)).toHaveLength(1);
    expect(server.received).toHaveLength(1);
  });

  test('later messages add to the ticket of the first', async () => {
    use({ channels: { hook: { kind: 'github', url: server.url, secret: '${secret:links}', repository: 'a/b' } } });
    const { group } = await inGroup();
    server.answer = ({ url }) => ({ status: 201, json: url.endsWith('/comments') ? {} : { number: 12 } });
    await sendAlert(services, client, sending(group.id));
    await sendAlert(services, client, sending(group.id, { message: 'resolved:0', about: 'resolved' }));
    expect(server.received.map(({ url }) => url)).toEqual(['/repos/a/b/issues', '/repos/a/b/issues/12/comments']);
  });

  test('a channel that was taken away, or whose secret is, fails at once', async () => {
    const { group } = await inGroup();
    use({ channels: { log: { kind: 'log' } }, routes: [] });
    expect(await outcome(sendAlert(services, client, sending(group.id)))).toMatchObject({
      code: 'unknown-channel',
      class: 'persistent',
    });
    expect(await stores.alertGroups.sends(group.id)).toEqual([]);
  });
});

test('a channel that is given up is noted, raises an alert that is told of to nobody, and is over with the next message', async () => {
  const { group, alerts } = await inGroup();
  const failed = {
    group: group.id,
    channel: 'hook',
    message: 'raised:0:0',
    code: 'alert-not-sent',
    reason: 'HTTP 500',
    otherwise: 'log',
    now: clock,
  };
  await channelFailed.handler(services)(failed);
  await channelFailed.handler(services)(failed);
  const notes = await stores.alerts.notes(alerts[0]!.id);
  expect(notes.map((note) => note.event)).toEqual(['raised', 'send-failed']);
  expect(notes[1]!.text).toContain('It goes to log in its place.');
  const alert = await stores.alerts.unresolvedOf('channel-failed:hook');
  expect(alert).toMatchObject({ kind: 'channel-failed', count: 1 });
  await dispatch();
  await onlyGroup();
  await sendAlert(services, client, sending(group.id, { message: 'raised:0:1' }));
  expect(await stores.alerts.unresolvedOf('channel-failed:hook')).toBeNull();
});

describe('acting', () => {
  const act = (group: string, action: 'pause' | 'rerun' | 'openBreaker') =>
    actOnAlerts(services, client, { group, action, message: 'raised:0:1', now: clock });

  test('pauses the pipeline, once and for all to see', async () => {
    const { group, alerts } = await inGroup();
    await act(group.id, 'pause');
    await act(group.id, 'pause');
    expect(await stores.pauses.get('flights')).toMatchObject({
      by: 'alerts',
      reason: `nobody acknowledged the alerts ${group.id}`,
    });
    const acted = (await stores.alerts.notes(alerts[0]!.id)).filter((note) => note.event === 'acted');
    expect(acted).toMatchObject([{ text: 'flights was paused; sluice resume flights ends it' }]);
    await sendAlert(services, client, sending(group.id));
    expect(server.received[0]!.json.done).toEqual(['flights was paused; sluice resume flights ends it']);
  });

  test('leaves a pause of somebody else as it is', async () => {
    await stores.pauses.pause('flights', { by: 'ann', at: clock, reason: 'mine' });
    const { group } = await inGroup();
    await act(group.id, 'pause');
    expect(await stores.pauses.get('flights')).toMatchObject({ by: 'ann', reason: 'mine' });
  });

  test('starts the pipeline again under a key of the group, and opens the breaker of the connection', async () => {
    const { group } = await inGroup();
    await act(group.id, 'rerun');
    await act(group.id, 'rerun');
    expect(new Set(reruns.map(String))).toEqual(new Set([String(['flights', `${group.id}:raised:0:1`])]));
    await act(group.id, 'openBreaker');
    expect(durable.signals).toMatchObject([
      ['circuit-breaker/warehouse', 'trip', { now: Date.parse(clock), openForMs: 300_000 }],
    ]);
  });

  test('what is acknowledged is left alone', async () => {
    const { group, alerts } = await inGroup();
    await stores.alerts.change(alerts[0]!.id, (alert) => ({ ...alert, state: 'acknowledged' }));
    await act(group.id, 'pause');
    expect(await stores.pauses.get('flights')).toBeNull();
  });
});

describe('watching', () => {
  const watch = () => watchHealth(services, client, { now: clock });
  const kinds = async () => (await stores.alerts.unresolved()).map(({ kind }) => kind).toSorted();
  const breaker = `circuit-breaker/warehouse`;

  test('raises what is wrong once, and resolves what is over', async () => {
    durable.entities.set(breaker, {
      state: 'open',
      openedAt: Date.parse(clock),
      until: 0,
      reason: '5 of 5 calls failed',
    });
    await watch();
    await watch();
    expect(await kinds()).toEqual(['breaker-open', 'temp-disk']);
    expect(await stores.alerts.unresolvedOf('breaker-open:warehouse')).toMatchObject({
      count: 1,
      connection: 'warehouse',
    });
    durable.entities.set(breaker, { state: 'closed', calls: [] });
    await watch();
    expect(await kinds()).toEqual(['temp-disk']);
    expect(new EntityId('circuit-breaker', 'warehouse').key).toBe('warehouse');
  });

  test('what cannot be seen stays as it was', async () => {
    durable.entities.set(breaker, { state: 'open', openedAt: 0, until: 0, reason: 'x' });
    await watch();
    durable.readEntityState = () => Promise.reject(new Error('away'));
    await watch();
    expect(await kinds()).toContain('breaker-open');
  });

  test('a queue for slots is an alert after it has lasted', async () => {
    const queue = [{ holder: 'h', run: 'r', expiresAt: Date.parse('2027-01-01') }];
    durable.entities.set('connection-slots/warehouse', { held: [], queue });
    await watch();
    expect(await kinds()).not.toContain('slot-wait');
    later(16);
    await watch();
    expect(await kinds()).toContain('slot-wait');
    durable.entities.set('connection-slots/warehouse', { held: [], queue: [] });
    await watch();
    expect(await kinds()).not.toContain('slot-wait');
  });

  test('a queue for the slots of the app is an alert after it has lasted', async () => {
    const queue = [{ holder: 'h', run: 'r', expiresAt: Date.parse('2027-01-01') }];
    durable.entities.set('slot-pool/app', { held: [], queue });
    await watch();
    later(16);
    await watch();
    expect(await stores.alerts.unresolvedOf('slot-wait')).toMatchObject({
      connection: null,
      title: 'Runs wait for the app',
      runbook: 'docs/runbooks/app-busy.md',
    });
    durable.entities.set('slot-pool/app', { held: [], queue: [] });
    await watch();
    expect(await kinds()).not.toContain('slot-wait');
  });

  test('what opened and closed between two rounds is told of for one round, once', async () => {
    const lastOpening = {
      openedAt: Date.parse(clock) - 30_000,
      closedAt: Date.parse(clock),
      reason: '5 of 5 calls failed',
    };
    durable.entities.set(breaker, { state: 'closed', calls: [], lastOpening });
    await watch();
    await watch();
    expect(await stores.alerts.unresolvedOf('breaker-open:warehouse')).toMatchObject({ count: 1 });
    for (let round = 0; round < 2; round += 1) {
      later(1);
      await watch();
      expect(await kinds()).not.toContain('breaker-open');
    }
  });

  test('an opening that was seen is not told of again when it is over', async () => {
    const openedAt = Date.parse(clock);
    durable.entities.set(breaker, { state: 'open', openedAt, until: 0, reason: 'x' });
    await watch();
    later(1);
    const lastOpening = { openedAt, closedAt: Date.parse(clock), reason: 'x' };
    durable.entities.set(breaker, { state: 'closed', calls: [], lastOpening });
    await watch();
    expect(await kinds()).not.toContain('breaker-open');
  });

  test('a secret that ends soon, or has ended; looked at once an hour', async () => {
    const ends = (name: string, daysLeft: number | null): SecretExpiry => ({
      name,
      expiresOn: daysLeft === null ? null : new Date(Date.parse(clock) + daysLeft * 86_400_000).toISOString(),
      daysLeft,
      failure: null,
    });
    expiries = [ends('soon', 7), ends('over', -1), ends('later', 90), ends('never', null)];
    await watch();
    const found = (await stores.alerts.unresolved()).filter(({ kind }) => kind === 'secret-expiring');
    expect(found.map(({ code, severity }) => [code, severity]).toSorted()).toEqual([
      ['over', 'error'],
      ['soon', 'warning'],
    ]);
    expiries = [];
    await watch();
    expect(await kinds()).toContain('secret-expiring');
    later(61);
    await watch();
    expect(await kinds()).not.toContain('secret-expiring');
  });

  test('a run, and a day, that cost more than they may; until the next day', async () => {
    use({ watch: { costPerRun: 2, costPerDay: 4 } });
    const spend = (runId: string, execution: string, gbSeconds: number) =>
      stores.usage.record({
        at: clock,
        execution,
        activity: 'extract-partition',
        runId,
        pipeline: 'flights',
        partition: 0,
        usage: { ...NO_USAGE, gbSeconds },
        work: NO_WORK,
        memory: { peakBytes: 1, instanceMb: 2048 },
      });
    // 0.000026 dollars each: 2.60 for one run, 1.30 for the other.
    await spend('run-1', 'a', 60_000);
    await spend('run-1', 'b', 40_000);
    await spend('run-2', 'c', 50_000);
    await watch();
    expect(await stores.alerts.unresolvedOf('cost:flights')).toMatchObject({
      runId: 'run-1',
      owner: 'aviation',
      count: 1,
      what: 'It has cost 2.60 USD today, more than 2.00 USD.',
    });
    expect(await stores.alerts.unresolvedOf('cost:')).toBeNull();
    await spend('run-2', 'd', 20_000);
    later(16);
    await watch();
    expect(await stores.alerts.unresolvedOf('cost:')).toMatchObject({
      what: 'All runs of 2026-01-01 have cost 4.42 USD so far, more than 4.00 USD.',
    });
    later(24 * 60);
    await watch();
    expect(await kinds()).not.toContain('cost');
  });

  test('rows that wait in quarantine for too long', async () => {
    const batch = {
      runId: 'run-1',
      pipeline: 'flights',
      step: 'transform' as const,
      partition: 0,
      artifact: { path: 'q', bytes: 1, sha256: 'a', rows: 3, columns: [] },
      rows: 3,
      reasons: [],
      at: '2025-12-20T00:00:00.000Z',
    };
    await stores.quarantine.add(batch);
    await watch();
    // Its run has not published: its rows come again by themselves.
    expect(await kinds()).not.toContain('quarantine-age');
    const id = 'run-1.flights.transform.0.0';
    await stores.reviews.saveBatch(id, (await stores.reviews.batch(id)).value, null);
    later(11);
    await watch();
    expect(await stores.alerts.unresolvedOf('quarantine-age:flights')).toMatchObject({
      owner: 'aviation',
      what: '3 rows of 1 batches wait for a decision, the oldest since 2025-12-20T00:00:00.000Z.',
    });
    const { value, etag } = await stores.reviews.batch(id);
    await stores.reviews.saveBatch(id, { ...value, closedAt: clock }, etag);
    later(1);
    await watch();
    expect(await kinds()).toContain('quarantine-age');
    later(11);
    await watch();
    expect(await kinds()).not.toContain('quarantine-age');
  });
});
