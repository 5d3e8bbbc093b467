import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createStores } from '../../../src/state/create-stores';
import { repairRuns } from '../../../src/triggers/schedule/repair-runs';
import { scheduleTick } from '../../../src/triggers/schedule/schedule-tick';
import { startMaintenance } from '../../../src/triggers/schedule/start-maintenance';
import { startKeyOf } from '../../../src/triggers/start-key';
import { startRun } from '../../../src/triggers/start-run';
import type { TriggerServices } from '../../../src/triggers/trigger-services';
import { FakeOrchestrations } from './fake-orchestrations';
import { FILES, testServices, type TestServices } from './test-services';

let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  services = await testServices();
  durable = new FakeOrchestrations();
});
const tick = async (at: string, its: TriggerServices = services): Promise<void> => {
  services.clock.set(at);
  await scheduleTick(its, durable.client);
};
const startManually = () =>
  startRun(services, durable.client, {
    request: { pipelines: ['orders'] },
    trigger: { kind: 'manual', by: 'ann' },
    startKey: startKeyOf({ kind: 'manual' }),
    by: 'ann',
  });

test('the first tick starts nothing: what was due before the deployment is not made up for', async () => {
  await tick('2026-01-05T02:00:00.000Z');
  expect(durable.starts).toEqual([]);
  expect(await services.stores.cursors.get('customers')).toBe('2026-01-05T02:00:00.000Z');
});

test('a due time starts its pipeline alone, once, whatever number of ticks follow', async () => {
  await tick('2026-01-05T01:00:00.000Z');
  await tick('2026-01-05T02:00:00.100Z');
  await tick('2026-01-05T02:01:00.100Z');
  expect(durable.starts).toHaveLength(1);
  const [runId] = durable.starts;
  expect(durable.instances.get(runId!)!.input).toMatchObject({ levels: [['customers']] });
  const trigger = { kind: 'schedule', pipeline: 'customers', dueAt: '2026-01-05T02:00:00.000Z' };
  expect((await services.stores.runs.get(runId!))?.trigger).toEqual(trigger);
});

test('two instances that tick at once start one run per due time', async () => {
  await tick('2026-01-05T01:00:00.000Z');
  services.clock.set('2026-01-07T02:00:00.000Z');
  await Promise.all([1, 2, 3].map(() => scheduleTick(services, durable.client)));
  expect(new Set(durable.starts).size).toBe(3);
  expect(durable.starts).toHaveLength(3);
});

test('a tick that dies before it moves the cursor doubles nothing', async () => {
  await tick('2026-01-05T01:00:00.000Z');
  const cursors = { ...services.stores.cursors, get: (name: string) => services.stores.cursors.get(name) };
  const dying = { ...services.stores, cursors: { ...cursors, move: () => Promise.reject(new Error('killed')) } };
  await tick('2026-01-05T02:00:00.000Z', { ...services, stores: dying });
  await tick('2026-01-05T02:01:00.000Z');
  expect(durable.starts).toHaveLength(1);
});

test('one pipeline that cannot be scheduled does not hold up the tick', async () => {
  const other = await testServices({ ...FILES, 'environments/local.yaml': 'guards: {}\n' });
  other.clock.set('2026-01-05T00:59:00.000Z');
  await scheduleTick(other, durable.client);
  // Deployed where changes wait for an approval that nobody gives.
  const guards = 'guards: { approval: { for: [change] } }\n';
  await writeFile(path.join(other.folder, 'environments/local.yaml'), guards);
  await writeFile(path.join(other.folder, 'needs.yaml'), FILES['customers.yaml']!.replaceAll('customers', 'needs'));
  other.clock.set('2026-01-05T01:00:00.000Z');
  await scheduleTick(other, durable.client);
  durable.starts.length = 0;
  other.clock.set('2026-01-05T02:00:00.000Z');
  await scheduleTick(other, durable.client);
  expect(durable.starts).toHaveLength(1);
  expect(other.events).toContain('schedule-failed');
});

test('a start that died between its record and its orchestration is repaired, and only then', async () => {
  durable.failNextStart = 'the process was killed';
  const { runId } = await startManually();
  await repairRuns(services, durable.client);
  expect(durable.starts).toEqual([]);
  services.clock.set('2026-01-01T10:02:00.000Z');
  await repairRuns(services, durable.client);
  await repairRuns(services, durable.client);
  expect(durable.starts).toEqual([runId]);
  expect(durable.instances.get(runId)!.input).toMatchObject({ runId, levels: [['orders']] });
});

test.each([
  ['Failed', undefined, 'Failed', 'orchestration-lost'],
  ['Terminated', undefined, 'Failed', 'orchestration-lost'],
  ['Completed', { status: 'Succeeded', pipelines: [] }, 'Succeeded', undefined],
] as const)(
  'a run whose orchestration ended as %s without recording it is closed',
  async (runtimeStatus, output, status, code) => {
    const { runId } = await startManually();
    await repairRuns(services, durable.client);
    expect((await services.stores.runs.get(runId))?.status).toBe('Queued');
    durable.instances.set(runId, { ...durable.instances.get(runId)!, runtimeStatus, output });
    await repairRuns(services, durable.client);
    const run = await services.stores.runs.get(runId);
    expect(run?.status).toBe(status);
    expect(run?.failure?.code).toBe(code);
    expect(await services.stores.runs.active()).toEqual([]);
    const freed = durable.signals.filter(([, operation]) => operation === 'release');
    expect(freed).toEqual(
      run?.pipelines.map(({ pipeline }) => [`pipeline-lease/${pipeline}`, 'release', { holder: runId }]),
    );
    expect(freed).not.toEqual([]);
  },
);

test('maintenance is one orchestration at a time', async () => {
  expect(await startMaintenance(services, durable.client)).toBe(true);
  expect(await startMaintenance(services, durable.client)).toBe(false);
  durable.instances.get('maintenance')!.runtimeStatus = 'Completed';
  expect(await startMaintenance(services, durable.client)).toBe(true);
  expect(durable.instances.get('maintenance')!.input).toEqual({
    dryRun: false,
    pipelines: ['customers', 'orders'],
    connections: ['landing', 'warehouse'],
  });
});

test('storage that is away costs a tick, not the app', async () => {
  const account =
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=eHg=;TableEndpoint=http://127.0.0.1:9/a;BlobEndpoint=http://127.0.0.1:9/a';
  const stores = createStores({ storageSetting: 'S', env: { S: account } });
  await tick('2026-01-05T02:00:00.000Z', { ...services, stores });
  expect(services.events).toEqual(expect.arrayContaining(['schedule-failed', 'repair-failed']));
});
