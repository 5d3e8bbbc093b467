import type { EscalationInput, SendAlertInput } from '../../../src/durable/contracts/escalation';
import { firstProgress, type LadderStanding } from '../../../src/resilience/ladder';
import { fail, ok, simulate } from '../../support/durable/scenario';
import type { SimulatedActivity, Simulator } from '../../support/durable/simulator';

const MINUTE = 60_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const input = (more: Partial<EscalationInput['policy']> = {}): EscalationInput => ({
  group: 'ag-1',
  policy: {
    levels: [
      { notify: ['teams', 'mail'], action: null, waitMs: 15 * MINUTE },
      { notify: ['sms'], action: 'pause', waitMs: 30 * MINUTE },
    ],
    intervalMs: 10 * MINUTE,
    repeatMs: null,
    digest: false,
    otherwise: {},
    ...more,
  },
  progress: firstProgress(START + 30_000),
});
const escalation = (
  stands: (minute: number) => Partial<LadderStanding>,
  more: Record<string, SimulatedActivity> = {},
): Simulator =>
  simulate({
    'read-alert-group': (_input: never, { now }) =>
      ok({ state: 'open', version: 1, heldUntil: null, ...stands((now - START) / MINUTE) }),
    'send-alert': () => ok({ now: true }),
    'channel-failed': () => ok(null),
    'act-on-alerts': () => ok(null),
    'close-alert-group': () => ok({ closed: true }),
    ...more,
  });
const called = (simulator: Simulator, name: string) =>
  simulator.calls
    .filter((call) => call.name === name)
    .map(({ input: given, at }) => ({ ...(given as SendAlertInput), minute: Math.round((at - START) / MINUTE) }));

test('tells level by level until somebody acknowledges, and tells those it told when it is over', async () => {
  const simulator = escalation((minute) => ({
    state: minute >= 60 ? 'resolved' : minute >= 20 ? 'acknowledged' : 'open',
  }));
  const instance = await simulator.run('escalation', 'ag-1', input());
  expect(instance.status).toBe('Completed');
  expect(
    called(simulator, 'send-alert').map(({ channel, message, minute }) => `${minute} ${message} ${channel}`),
  ).toEqual([
    '1 raised:0:0 teams',
    '1 raised:0:0 mail',
    '16 raised:0:1 sms',
    '61 resolved:0 teams',
    '61 resolved:0 mail',
    '61 resolved:0 sms',
  ]);
  expect(called(simulator, 'act-on-alerts')).toMatchObject([{ action: 'pause', message: 'raised:0:1' }]);
  expect(called(simulator, 'close-alert-group')).toMatchObject([{ force: false }]);
  // Its history begins anew with every turn.
  expect(instance.history.length).toBeLessThan(30);
});

test('an acknowledgement wakes it at once, before the next level', async () => {
  let acknowledgedAt = Infinity;
  const simulator = escalation((minute) => ({
    state: minute >= 40 ? 'resolved' : minute >= acknowledgedAt ? 'acknowledged' : 'open',
  }));
  acknowledgedAt = 14;
  simulator.start('escalation', 'ag-1', input());
  simulator.raise('ag-1', 'alerts-changed', 14 * MINUTE + 1000);
  await simulator.drain();
  expect(called(simulator, 'send-alert').some(({ channel }) => channel === 'sms')).toBe(false);
  const reads = called(simulator, 'read-alert-group').map(({ minute }) => minute);
  expect(reads).toContain(14);
});

test('a channel that fails is tried again with growing waits, and does not hold up the others', async () => {
  let failures = 2;
  const simulator = escalation((minute) => ({ state: minute >= 10 ? 'resolved' : 'open' }), {
    'send-alert': ({ channel }: SendAlertInput) =>
      channel === 'teams' && (failures -= 1) >= 0 ? fail('alert-not-sent', 'transient') : ok({ now: true }),
  } as never);
  await simulator.run('escalation', 'ag-1', input());
  const raised = simulator.calls.filter(
    ({ name, input: given }) => name === 'send-alert' && (given as SendAlertInput).about === 'raised',
  );
  expect(raised.map(({ input: given }) => (given as SendAlertInput).channel)).toEqual([
    'teams',
    'mail',
    'teams',
    'teams',
  ]);
  const [first, , second, third] = raised.map(({ at }) => at);
  expect(third! - second!).toBeGreaterThan(second! - first!);
  expect(called(simulator, 'channel-failed')).toEqual([]);
});

test('a channel that asks to be left alone is left alone for so long', async () => {
  let failures = 1;
  const simulator = escalation((minute) => ({ state: minute >= 10 ? 'resolved' : 'open' }), {
    'send-alert': ({ channel }: SendAlertInput) =>
      channel === 'teams' && (failures -= 1) >= 0
        ? fail('alert-not-sent', 'transient', { retryAfterMs: 90_000 })
        : ok({ now: true }),
  } as never);
  await simulator.run('escalation', 'ag-1', input());
  const sends = simulator.calls.filter(({ name }) => name === 'send-alert');
  expect(sends[2]!.at - sends[0]!.at).toBeGreaterThanOrEqual(90_000);
});

test('a channel that is given up is replaced by the next, and is seen', async () => {
  const simulator = escalation((minute) => ({ state: minute >= 14 ? 'resolved' : 'open' }), {
    'send-alert': ({ channel }: SendAlertInput) =>
      channel === 'teams' ? fail('alert-not-sent', 'persistent') : ok({ now: true }),
  } as never);
  await simulator.run('escalation', 'ag-1', input({ otherwise: { teams: 'pager', pager: 'teams' } }));
  expect(called(simulator, 'channel-failed')).toMatchObject([
    { channel: 'teams', otherwise: 'pager', code: 'alert-not-sent' },
  ]);
  const resolved = called(simulator, 'send-alert').filter(({ about }) => about === 'resolved');
  expect(resolved.map(({ channel }) => channel).toSorted()).toEqual(['mail', 'pager']);
});

test('where nobody is reached, the next level comes at once', async () => {
  const simulator = escalation((minute) => ({ state: minute >= 14 ? 'resolved' : 'open' }), {
    'send-alert': ({ channel }: SendAlertInput) =>
      channel === 'sms' ? ok({ now: true }) : fail('alert-not-sent', 'persistent'),
  } as never);
  await simulator.run('escalation', 'ag-1', input());
  expect(called(simulator, 'send-alert').find(({ channel }) => channel === 'sms')!.minute).toBeLessThanOrEqual(1);
});

test('an alert that joins while it ends keeps it going', async () => {
  let closes = 0;
  const simulator = escalation(
    (minute) => ({ state: minute >= 3 && (closes === 0 || minute >= 8) ? 'resolved' : 'open', version: 1 + closes }),
    {
      'close-alert-group': () => ok({ closed: (closes += 1) > 1 }),
    },
  );
  const instance = await simulator.run('escalation', 'ag-1', input());
  expect(instance.status).toBe('Completed');
  expect(closes).toBe(2);
});

test('storage that is away does not end it', async () => {
  let failures = 14;
  const simulator = escalation(() => ({ state: 'resolved' }), {
    'read-alert-group': () =>
      (failures -= 1) >= 0
        ? fail('storage-unavailable', 'transient')
        : ok({ state: 'resolved', version: 1, heldUntil: null }),
  });
  expect((await simulator.run('escalation', 'ag-1', input())).status).toBe('Completed');
});
