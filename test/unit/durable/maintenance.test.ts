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

test('version 1.1 prunes histories too, and looks after the pool; 1.0 does what it did', async () => {
  const tasksOf = async (version: string) => {
    const simulator = simulate();
    const held = { held: [{ holder: 'x', run: 'x', slots: 1, expiresAt: 1 }], queue: [] };
    simulator.entities.set('@slot-pool@app', JSON.stringify(held));
    const input = { dryRun: false, pipelines: [], connections: [] };
    simulator.start('maintenance', 'maintenance', input, undefined, version);
    await simulator.drain();
    return { tasks: simulator.calls.map(({ name }) => name), pool: simulator.entities.has('@slot-pool@app') };
  };
  const of10 = ['close-orphaned-runs', 'drop-stale-staging', 'sweep-artifacts', 'purge-histories'];
  expect(await tasksOf('1.0')).toEqual({ tasks: of10, pool: true });
  const of11 = [...of10.slice(0, 3), 'prune-histories', 'purge-histories'];
  expect(await tasksOf('1.1')).toEqual({ tasks: of11, pool: false });
});
