import type { ApprovalInput } from '../../../src/durable/contracts/approval';
import { fail, ok, simulate } from '../../support/durable/scenario';
import type { SimulatedActivity, Simulator } from '../../support/durable/simulator';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const INPUT: ApprovalInput = { approval: 'ap-1', deadlineAt: START + 48 * HOUR };
const settled = (simulator: Simulator) => simulator.calls.filter(({ name }) => name === 'settle-approval');
const approving = (settle: SimulatedActivity) => simulate({ 'settle-approval': settle });

test('an approval that is decided already ends at once', async () => {
  const simulator = approving(() => ok({ ended: true }));
  const instance = await simulator.run('approval', 'a', INPUT);
  expect(instance.status).toBe('Completed');
  expect(settled(simulator)).toMatchObject([{ input: { approval: 'ap-1', now: '2026-01-01T00:00:00.000Z' } }]);
});

test('it looks again at the deadline, with a short history', async () => {
  const simulator = approving((_input: never, { now }) => ok({ ended: now >= INPUT.deadlineAt }));
  const instance = await simulator.run('approval', 'a', INPUT);
  expect(instance.status).toBe('Completed');
  const last = settled(simulator).at(-1)!;
  expect(last.at - INPUT.deadlineAt).toBeGreaterThanOrEqual(0);
  expect(last.at - INPUT.deadlineAt).toBeLessThan(5_000);
  expect(instance.generation).toBeGreaterThan(100);
  expect(instance.history.length).toBeLessThan(30);
});

test('a decision wakes it at once, and one whose event was lost is found soon', async () => {
  for (const isLost of [false, true]) {
    const simulator = approving((_input: never, { now }) => ok({ ended: now >= START + HOUR }));
    simulator.start('approval', 'a', INPUT);
    if (!isLost) simulator.raise('a', 'decided', HOUR);
    await simulator.drain();
    const late = settled(simulator).at(-1)!.at - START - HOUR;
    expect(late).toBeLessThan(isLost ? HOUR / 4 + 1_000 : 1_000);
  }
});

test('an effect that cannot be begun yet is tried again, after the deadline too, and does not end it', async () => {
  let failures = 40;
  const simulator = approving(() =>
    (failures -= 1) >= 0 ? fail('storage-unavailable', 'transient') : ok({ ended: true }),
  );
  const instance = await simulator.run('approval', 'a', { ...INPUT, deadlineAt: START });
  expect(instance.status).toBe('Completed');
  expect(settled(simulator)).toHaveLength(41);
});
