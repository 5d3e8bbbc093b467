import { fail, masterInput, ok, simulate, steering } from '../../support/durable/scenario';
import type { Simulator } from '../../support/durable/simulator';

interface Recorded {
  phase: string;
  pipeline?: string;
  status?: string;
  failure?: { code: string } | null;
  result?: { status: string; reason: string | null; counts: Record<string, number>; steps: { step: string }[] };
}
const recorded = (simulator: Simulator) =>
  simulator.calls.filter((call) => call.name === 'record-run').map((call) => call.input as Recorded);
const endings = (simulator: Simulator) =>
  Object.fromEntries(
    recorded(simulator)
      .filter((entry) => entry.phase === 'pipeline-ended')
      .map((entry) => [entry.pipeline, [entry.result?.status, entry.result?.reason]]),
  );

test('a run walks the levels, records every pipeline and ends with the run', async () => {
  const simulator = simulate();
  const run = await simulator.run('master', 'run-1', masterInput('run-1', [['airports'], ['flights', 'strikes']]));
  expect(run.output).toEqual({
    status: 'Succeeded',
    pipelines: ['airports', 'flights', 'strikes'].map((pipeline) => ({ pipeline, status: 'Succeeded', reason: null })),
  });
  const phases = recorded(simulator).map((entry) => [entry.phase, entry.pipeline ?? entry.status]);
  expect(phases[0]).toEqual(['run-started', undefined]);
  expect(phases.slice(1, 3)).toEqual([
    ['pipeline-started', 'airports'],
    ['pipeline-ended', 'airports'],
  ]);
  expect(phases.at(-1)).toEqual(['run-ended', 'Succeeded']);
  expect(recorded(simulator).find((entry) => entry.pipeline === 'flights' && entry.result)?.result).toMatchObject({
    balanced: true,
    load: 7,
    counts: { read: 200, loaded: 198, quarantined: 2 },
    steps: ['plan', 'extract', 'transform', 'validate', 'stage', 'publish', 'advance-watermark'].map((step) => ({
      step,
    })),
  });
});

test('children get their parent’s version and ids under the run’s', async () => {
  const simulator = simulate();
  simulator.start('master', 'run-1', masterInput('run-1', [['airports']]), undefined, '0.9');
  await simulator.drain();
  const instances = [...simulator.instances.values()];
  expect(instances.map((instance) => instance.id)).toEqual([
    'run-1',
    'run-1.airports',
    'run-1.airports.ingestion',
    'run-1.airports.ingestion.extract-0',
    'run-1.airports.processing',
    'run-1.airports.processing.transform-0',
    'run-1.airports.delivery',
    'run-1.airports.delivery.stage-0',
  ]);
  expect(new Set(instances.map((instance) => instance.version))).toEqual(new Set(['0.9']));
});

test('what depends on a failure is skipped, the rest is not, and the run fails with the first failure', async () => {
  const simulator = simulate({
    'plan-pipeline': ((input: { pipeline: string }) =>
      input.pipeline === 'airports'
        ? fail('file-missing', 'persistent')
        : ok({ outcome: 'up-to-date', reason: 'already loaded: 1 file', notes: [] })) as never,
  });
  const input = masterInput('run-1', [['airports', 'weather'], ['flights'], ['report', 'climate']], {
    dependsOn: { airports: [], weather: [], flights: ['airports'], report: ['flights'], climate: ['weather'] },
  });
  const run = await simulator.run('master', 'run-1', input);
  expect(endings(simulator)).toEqual({
    airports: ['Failed', 'file-missing happened'],
    weather: ['Succeeded', 'already loaded: 1 file'],
    flights: ['Skipped', 'depends on airports, which ended as Failed'],
    report: ['Skipped', 'depends on flights, which ended as Skipped'],
    climate: ['Succeeded', 'already loaded: 1 file'],
  });
  expect(run.output).toMatchObject({ status: 'Failed' });
  expect(recorded(simulator).at(-1)).toMatchObject({
    phase: 'run-ended',
    status: 'Failed',
    failure: { code: 'file-missing' },
  });
});

test('no more than maxParallel pipelines are under way at once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  let most = 0;
  const under = new Set<string>();
  const simulator = simulate({
    'record-run': ((input: Recorded) => {
      if (input.phase === 'pipeline-started') under.add(input.pipeline!);
      if (input.phase === 'pipeline-ended') under.delete(input.pipeline!);
      most = Math.max(most, under.size);
      return ok(null);
    }) as never,
  });
  const run = await simulator.run('master', 'run-1', masterInput('run-1', [names], { maxParallel: 2 }));
  expect(run.output).toMatchObject({ status: 'Succeeded' });
  expect(most).toBe(2);
});

test('a pipeline orchestration that dies is recorded as failed and the run still ends', async () => {
  const simulator = simulate();
  const input = masterInput('run-1', [['airports'], ['flights']]);
  // Steering that the pipeline cannot read stands for any crash of its code.
  const broken = { ...input, steering: { airports: null as never, flights: steering() } };
  const run = await simulator.run('master', 'run-1', broken);
  expect(run.output).toMatchObject({
    status: 'Failed',
    pipelines: [
      { pipeline: 'airports', status: 'Failed' },
      { pipeline: 'flights', status: 'Skipped' },
    ],
  });
  expect(recorded(simulator).at(-1)).toMatchObject({ phase: 'run-ended', status: 'Failed' });
});

test('a cancelled run starts nothing more and ends as cancelled', async () => {
  const simulator = simulate({ 'extract-partition': () => fail('run-cancelled', 'persistent') });
  const run = await simulator.run('master', 'run-1', masterInput('run-1', [['airports'], ['flights']]));
  expect(run.output).toMatchObject({ status: 'Cancelled' });
  expect(endings(simulator)).toEqual({
    airports: ['Cancelled', 'run-cancelled happened'],
    flights: ['Cancelled', 'the run was cancelled'],
  });
});

test('the custom status is small and says what is under way', async () => {
  const simulator = simulate({ 'plan-pipeline': () => ok({ outcome: 'up-to-date', reason: 'r', notes: [] }) });
  const names = Array.from({ length: 300 }, (_, index) => `a-rather-long-name-of-a-pipeline-number-${index}`);
  const run = await simulator.run('master', 'run-1', masterInput('run-1', [names], { maxParallel: 100 }));
  for (const status of run.customStatuses) expect(JSON.stringify(status).length).toBeLessThan(8_000);
  expect(run.customStatuses.at(-1)).toEqual({
    level: '1 of 1',
    running: [],
    ended: { Succeeded: 300 },
    failed: [],
    rowsLoaded: 0,
  });
});
