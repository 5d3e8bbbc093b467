import { fail, ok, simulate } from '../../support/durable/scenario';

const report = (task: string) => ok({ task, count: 1 });

test('runs are taken in before service levels are judged', async () => {
  const simulator = simulate({
    'scan-runs': () => report('scan-runs'),
    'evaluate-slas': () => report('evaluate-slas'),
    'watch-health': () => report('watch-health'),
    'dispatch-alerts': () => report('dispatch-alerts'),
  });
  const instance = await simulator.run('monitoring', 'monitoring', {});
  expect(instance.output).toMatchObject({
    failures: [],
    reports: [{ task: 'scan-runs' }, { task: 'evaluate-slas' }, { task: 'watch-health' }, { task: 'dispatch-alerts' }],
  });
  expect(simulator.calls.map(({ name }) => name)).toEqual([
    'scan-runs',
    'evaluate-slas',
    'watch-health',
    'dispatch-alerts',
  ]);
});

test('a task that fails is tried again, and does not stop the others', async () => {
  const simulator = simulate({
    'scan-runs': () => fail('storage-unavailable', 'transient'),
    'evaluate-slas': () => report('evaluate-slas'),
    'watch-health': () => report('watch-health'),
    'dispatch-alerts': () => report('dispatch-alerts'),
  });
  const instance = await simulator.run('monitoring', 'monitoring', {});
  expect(simulator.calls.filter(({ name }) => name === 'scan-runs')).toHaveLength(3);
  expect(instance.output).toMatchObject({
    failures: [{ code: 'storage-unavailable' }],
    reports: [{ task: 'evaluate-slas' }, { task: 'watch-health' }, { task: 'dispatch-alerts' }],
  });
});
