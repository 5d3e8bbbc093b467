import type { ReviewInput } from '../../../src/durable/contracts/review';
import { fail, ok, simulate } from '../../support/durable/scenario';
import type { SimulatedActivity, Simulator } from '../../support/durable/simulator';

const DAY = 24 * 3_600_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const input = (more: Partial<ReviewInput> = {}): ReviewInput => ({
  batch: 'run-1.orders.transform.0.0',
  deadlineAt: START + 3 * DAY,
  remindEveryMs: DAY,
  remindAt: START + DAY,
  onDeadline: 'discard',
  ...more,
});
const counts = (more: object = {}) => ({ open: 0, decided: 0, discarded: 0, releasing: 0, released: 0, ...more });
const called = (simulator: Simulator, name: string) => simulator.calls.filter((call) => call.name === name);
const review = (
  answers: (now: number) => { counts: object; runId: string | null },
  more: Record<string, SimulatedActivity> = {},
) =>
  simulate({
    'review-batch': (_input: never, { now }) => ok(answers(now)),
    'settle-release': () => ok({ ended: true }),
    'remind-review': () => ok(null),
    'close-review': () => ok(null),
    ...more,
  });

test('a review ends when everything is decided and loaded', async () => {
  const simulator = review(() => ({ counts: counts({ released: 5, discarded: 1 }), runId: null }));
  const instance = await simulator.run('review', 'r', input());
  expect(instance.status).toBe('Completed');
  expect(called(simulator, 'close-review')).toMatchObject([{ input: { open: 'discard' } }]);
});

test('rows that nobody decides about are reminded of once a day, until the deadline', async () => {
  const simulator = review(() => ({ counts: counts({ open: 3 }), runId: null }));
  const instance = await simulator.run('review', 'r', input());
  expect(instance.status).toBe('Completed');
  expect(called(simulator, 'remind-review').map((call) => (call.input as { now: string }).now)).toEqual([
    '2026-01-02T00:00:00.000Z',
    '2026-01-03T00:00:00.000Z',
  ]);
  const [close] = called(simulator, 'close-review');
  expect(close!.at).toBeGreaterThanOrEqual(START + 3 * DAY);
  // Its history begins anew with every turn.
  expect(instance.generation).toBeGreaterThan(100);
  expect(instance.history.length).toBeLessThan(30);
});

test('a decision wakes it at once', async () => {
  let decidedAt = Infinity;
  const simulator = review((now) => ({
    counts: counts(now >= decidedAt ? { discarded: 3 } : { open: 3 }),
    runId: null,
  }));
  decidedAt = START + 60_000;
  simulator.start('review', 'r', input());
  simulator.raise('r', 'decided', 60_000);
  await simulator.drain();
  expect(called(simulator, 'close-review')[0]!.at).toBeLessThan(START + 61_000);
});

test('waits for the run of a release, and looks again afterwards', async () => {
  let polls = 0;
  const simulator = review(
    (now) =>
      polls < 4
        ? { counts: counts({ releasing: 2 }), runId: 'run-2' }
        : { counts: counts({ released: 2 + Math.sign(now) - 1 }), runId: null },
    {
      'settle-release': () => ok({ ended: (polls += 1) >= 4 }),
    },
  );
  const instance = await simulator.run('review', 'r', input());
  expect(instance.status).toBe('Completed');
  expect(polls).toBe(4);
  expect(called(simulator, 'review-batch')).toHaveLength(2);
});

test('storage that is away does not end it', async () => {
  let failures = 3;
  const simulator = review(() => ({ counts: counts({ released: 1 }), runId: null }), {
    'review-batch': () =>
      (failures -= 1) >= 0
        ? fail('storage-unavailable', 'transient')
        : ok({ counts: counts({ released: 1 }), runId: null }),
  });
  const instance = await simulator.run('review', 'r', input());
  expect(instance.status).toBe('Completed');
  expect(called(simulator, 'close-review')).toHaveLength(1);
});
