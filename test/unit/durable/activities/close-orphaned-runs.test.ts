import type { ActivityServices } from '../../../../src/durable/activities/activity-services';
import { closeOrphanedRuns } from '../../../../src/durable/activities/close-orphaned-runs.activity';
import type { MaintenanceClient } from '../../../../src/durable/activities/maintenance-client';

const NOW = '2026-01-02T00:00:00.000Z';

function world(
  statuses: Record<string, string | null>,
  requestedAt = '2026-01-01T00:00:00.000Z',
  status = 'InProgress',
) {
  const recorded: Record<string, unknown>[] = [];
  const released: string[] = [];
  const services = {
    stores: {
      runs: {
        active: async () => Object.keys(statuses),
        get: async (runId: string) => ({
          runId,
          status,
          requestedAt,
          startedAt: requestedAt,
          planHash: 'h',
          correlationId: 'c',
          pipelines: [{ pipeline: 'flights' }, { pipeline: 'airports' }],
        }),
        record: async (input: Record<string, unknown>) => void recorded.push(input),
      },
    },
    currentProject: () => ({ connections: { warehouse: { maxPartitions: 4 }, landing: {} } }),
    now: () => NOW,
    log: { warn: () => undefined },
  } as unknown as ActivityServices;
  const client: MaintenanceClient = {
    statusOf: async (runId) => statuses[runId] ?? null,
    purge: async () => 0,
    releaseSlots: async (connection, runId) => void released.push(`${runId} slots of ${connection}`),
    releaseLease: async (pipeline, runId) => void released.push(`${runId} ${pipeline}`),
  };
  return { services, client, recorded, released };
}

test.each([['Failed'], ['Terminated'], ['Completed'], [null]])(
  'a run whose orchestration is %s is closed as failed, and its leases are free again',
  async (status) => {
    const { services, client, recorded, released } = world({ 'run-1': status });
    const report = await closeOrphanedRuns(services, client, { now: NOW, dryRun: false });
    expect(report).toEqual({ task: 'close-orphaned-runs', items: ['run-1'], count: 1 });
    expect(recorded).toMatchObject([
      { runId: 'run-1', phase: 'run-ended', status: 'Failed', failure: { code: 'orchestration-lost' } },
    ]);
    expect(released).toEqual(['run-1 flights', 'run-1 airports', 'run-1 slots of warehouse', 'run-1 slots of null']);
  },
);

test.each([['Running'], ['Pending'], ['Suspended']])('a run that is %s is left alone', async (status) => {
  const { services, client, recorded, released } = world({ 'run-1': status });
  expect(await closeOrphanedRuns(services, client, { now: NOW, dryRun: false })).toMatchObject({ count: 0 });
  expect([...recorded, ...released]).toEqual([]);
});

test('a run that was asked for a moment ago is left to the tick that starts it', async () => {
  const { services, client } = world({ 'run-1': null }, '2026-01-01T23:55:00.000Z');
  expect(await closeOrphanedRuns(services, client, { now: NOW, dryRun: false })).toMatchObject({ count: 0 });
});

test('a dry run says what it would close and changes nothing', async () => {
  const { services, client, recorded, released } = world({ 'run-1': 'Failed' });
  expect(await closeOrphanedRuns(services, client, { now: NOW, dryRun: true })).toMatchObject({ count: 1 });
  expect([...recorded, ...released]).toEqual([]);
});

test('a run that was recorded and never started is left to the tick, however old it is', async () => {
  const { services, client, recorded } = world({ 'run-1': null }, '2026-01-01T00:00:00.000Z', 'Queued');
  expect(await closeOrphanedRuns(services, client, { now: NOW, dryRun: false })).toMatchObject({ count: 0 });
  expect(recorded).toEqual([]);
});

test('a run that has recorded its end meanwhile keeps it', async () => {
  const { services, client, recorded } = world({ 'run-1': 'Completed' }, '2026-01-01T00:00:00.000Z', 'Succeeded');
  expect(await closeOrphanedRuns(services, client, { now: NOW, dryRun: false })).toMatchObject({ count: 0 });
  expect(recorded).toEqual([]);
});
