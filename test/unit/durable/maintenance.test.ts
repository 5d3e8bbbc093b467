import { fail, simulate } from '../../support/durable/scenario';

test('maintenance does its tasks in order and lets go of what ran out', async () => {
  const simulator = simulate();
  simulator.entities.set('@pipeline-lease@flights', JSON.stringify({ holder: 'run-1', expiresAt: 1, queue: [] }));
  const input = { dryRun: false, pipelines: ['flights', 'airports'], connections: ['landing'] };
  const instance = await simulator.run('maintenance', 'maintenance', input);
  const tasks = ['close-orphaned-runs', 'drop-stale-staging', 'sweep-artifacts', 'purge-histories'];
  expect(simulator.calls.map((call) => call.name)).toEqual(tasks);
  expect(instance.output).toMatchObject({ reports: tasks.map((task) => ({ task })), failures: [] });
  expect(simulator.entities.size).toBe(0);
});

test('a task that fails does not stop the others', async () => {
  const simulator = simulate({ 'drop-stale-staging': () => fail('connection-refused', 'transient') });
  const input = { dryRun: true, pipelines: [], connections: [] };
  const instance = await simulator.run('maintenance', 'maintenance', input);
  expect(instance.output).toMatchObject({
    reports: [{ task: 'close-orphaned-runs' }, { task: 'sweep-artifacts' }, { task: 'purge-histories' }],
    failures: [{ code: 'connection-refused' }],
  });
});
