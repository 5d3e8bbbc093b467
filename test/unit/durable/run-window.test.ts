import { windowAt, type RunWindow } from '../../../src/model/run-window';
import { fail, masterInput, ok, simulate, steering } from '../../support/durable/scenario';
import type { SimulatedActivity } from '../../support/durable/simulator';

/** The simulator begins at midnight UTC. */
const HOUR = 3_600_000;
const check = ((input: { window: RunWindow; now: number }) =>
  ok(windowAt(input.window, input.now))) as SimulatedActivity;
const inputOf = (window: object) => {
  const runWindow = { timeZone: 'UTC', outside: 'wait' as const, from: '02:00', to: '03:00', ...window };
  return masterInput('run-1', [['flights']], { steering: { flights: steering({ runWindow }) } });
};

test('waits until the window opens, says so, and begins then', async () => {
  const simulator = simulate({ 'check-run-window': check });
  const began = simulator.now;
  const instance = await simulator.run('master', 'run-1', inputOf({}));
  expect(instance.output).toMatchObject({ status: 'Succeeded' });
  const phases = simulator.calls.filter(({ name }) => name === 'record-run');
  expect(phases.map(({ input }) => (input as { phase: string }).phase)).toEqual([
    'run-started',
    'pipeline-waiting',
    'pipeline-started',
    'pipeline-ended',
    'run-ended',
  ]);
  expect(phases[1]!.input).toMatchObject({ reason: expect.stringContaining('2026-01-01T02:00:00.000Z') as string });
  const planned = simulator.calls.find(({ name }) => name === 'plan-pipeline')!;
  expect(planned.at - began).toBeGreaterThanOrEqual(2 * HOUR);
  expect(planned.at - began).toBeLessThan(2 * HOUR + 1_000);
});

test('skips with the reason, and an open window is no hindrance', async () => {
  const skipped = await simulate({ 'check-run-window': check }).run('master', 'run-1', inputOf({ outside: 'skip' }));
  expect(skipped.output).toMatchObject({
    status: 'Skipped',
    pipelines: [{ status: 'Skipped', reason: expect.stringContaining('outside of its run window') as string }],
  });
  const open = await simulate({ 'check-run-window': check }).run(
    'master',
    'run-1',
    inputOf({ from: '23:00', outside: 'skip' }),
  );
  expect(open.output).toMatchObject({ status: 'Succeeded' });
});

test('a run that waits can be cancelled', async () => {
  let looks = 0;
  const simulator = simulate({
    'check-run-window': check,
    'check-cancel': () => (++looks < 3 ? ok(null) : fail('run-cancelled', 'business')),
  });
  const instance = await simulator.run('master', 'run-1', inputOf({}));
  expect(instance.output).toMatchObject({ status: 'Cancelled' });
  expect(simulator.calls.some(({ name }) => name === 'plan-pipeline')).toBe(false);
});

test('a window that closed while another run had the pipeline is waited for again, without the lease', async () => {
  const simulator = simulate({ 'check-run-window': check });
  const lease = { holder: 'run-0', expiresAt: simulator.now + 150_000, queue: [] };
  simulator.entities.set('@pipeline-lease@flights', JSON.stringify(lease));
  await simulator.run('master', 'run-1', inputOf({ from: '00:00', to: '00:02' }));
  const planned = simulator.calls.find(({ name }) => name === 'plan-pipeline')!;
  expect(new Date(planned.at).toISOString().slice(0, 13)).toBe('2026-01-02T00');
  expect(simulator.entities.has('@pipeline-lease@flights')).toBe(false);
});
