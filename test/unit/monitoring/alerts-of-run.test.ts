import type { PipelineRunRecord, RunRecord } from '../../../src/durable/contracts/run-record';
import type { CheckResult } from '../../../src/model/check-result';
import type { Failure } from '../../../src/model/failure';
import { NO_ROWS } from '../../../src/model/counts';
import { alertMessage } from '../../../src/monitoring/alert-message';
import { alertsOfRun } from '../../../src/monitoring/alerts-of-run';
import { alertsOfSla } from '../../../src/monitoring/alerts-of-sla';
import type { Alert } from '../../../src/model/alert';

const AT = '2026-01-01T03:00:00.000Z';
const failure = (more: Partial<Failure> = {}): Failure => ({
  class: 'persistent',
  code: 'target-missing',
  message: 'There is no schema aviation.',
  causes: ['Key (id)=(4711) already exists'],
  dataState: 'nothing-loaded',
  nextAction: 'Make the schema.',
  runbook: 'docs/runbooks/target-missing.md',
  ...more,
});
const pipeline = (more: Partial<PipelineRunRecord> = {}): PipelineRunRecord => ({
  pipeline: 'flights',
  status: 'Succeeded',
  reason: null,
  startedAt: AT,
  endedAt: AT,
  sliceLabel: null,
  partitions: 1,
  steps: [],
  counts: NO_ROWS,
  balanced: true,
  checks: [],
  quarantineReasons: [],
  verifications: [],
  load: 3,
  notes: [],
  failure: null,
  ...more,
});
const run = (pipelines: PipelineRunRecord[], more: Partial<RunRecord> = {}): RunRecord => ({
  runId: 'run-1',
  status: 'Failed',
  trigger: { kind: 'manual', by: 'ann' },
  environment: 'prod',
  correlationId: 'c',
  planHash: 'h',
  parameters: {},
  requestedAt: AT,
  startedAt: AT,
  endedAt: AT,
  cancel: null,
  failure: null,
  counts: NO_ROWS,
  pipelines,
  ...more,
});
const owners = { flights: { owner: 'aviation', tags: { layer: 'fact' } } };
const check = (more: Partial<CheckResult>): CheckResult => ({
  name: 'notNull(email)',
  kind: 'notNull',
  columns: ['email'],
  severity: 'fail',
  evaluated: 100,
  failures: 3,
  status: 'failed',
  message: 'the least value is ann@example.com',
  figures: { min: 'ann@example.com' },
  ...more,
});

test('a failed pipeline: what happened, the state of the data, what to do, whose it is; skipped ones are not told of', () => {
  const found = alertsOfRun(
    run([
      pipeline({ status: 'Failed', failure: failure({ step: 'stage', connection: 'warehouse' }), load: null }),
      pipeline({ pipeline: 'later', status: 'Skipped', reason: 'flights failed', load: null }),
    ]),
    owners,
  );
  expect(found).toEqual([
    {
      key: 'run-failed:flights:target-missing',
      event: 'run-1:flights',
      at: AT,
      kind: 'run-failed',
      severity: 'error',
      pipeline: 'flights',
      owner: 'aviation',
      tags: { layer: 'fact' },
      runId: 'run-1',
      connection: 'warehouse',
      failureClass: 'persistent',
      code: 'target-missing',
      title: 'flights failed: target-missing',
      what: 'In stage: There is no schema aviation.',
      data: 'Nothing was loaded: the target is as it was.',
      todo: 'Make the schema.',
      runbook: 'docs/runbooks/target-missing.md',
    },
  ]);
});

test('causes, and what nobody expected, are not repeated: they may hold rows', () => {
  const unexpected = failure({ code: 'unexpected-error', message: 'cannot parse ann@example.com' });
  const found = alertsOfRun(run([pipeline({ status: 'Failed', failure: unexpected, load: null })]), owners);
  expect(JSON.stringify(found)).not.toMatch(/4711|ann@example/);
  expect(found[0]!.what).toContain('nobody expected');
});

test('a run that failed without a pipeline, and one that was cancelled', () => {
  const lost = run([pipeline({ status: 'Skipped', load: null }), pipeline({ pipeline: 'b', status: 'Skipped' })], {
    failure: failure({ code: 'orchestration-lost' }),
  });
  expect(alertsOfRun(lost, owners)).toMatchObject([
    { key: 'run-failed:run-1:orchestration-lost', pipeline: null, runId: 'run-1' },
  ]);
  expect(alertsOfRun(run([pipeline({ status: 'Cancelled' })], { status: 'Cancelled' }), owners)).toEqual([]);
});

test('checks and anomalies are told by their counts, never by values', () => {
  const checks = [
    check({}),
    check({ name: 'anomaly(rowCount)', kind: 'anomaly', columns: [], status: 'warned', failures: 1 }),
    check({ name: 'ok', status: 'passed' }),
    check({ name: 'q', status: 'quarantined' }),
  ];
  const found = alertsOfRun(run([pipeline({ checks })], { status: 'Succeeded' }), owners);
  expect(found).toMatchObject([
    {
      key: 'check-failed:flights:notNull(email)',
      kind: 'check-failed',
      severity: 'error',
      what: 'The check notNull on email did not hold: 3 of 100. It ended the run.',
    },
    { key: 'anomaly:flights:anomaly(rowCount)', kind: 'anomaly', severity: 'warning', data: 'The rows are published.' },
  ]);
  expect(JSON.stringify(found)).not.toContain('ann@example.com');
});

test('missed due times, and those that will be', () => {
  const report = {
    pipeline: 'flights',
    at: AT,
    objectives: [
      {
        objective: 'doneBy' as const,
        state: 'atRisk' as const,
        dueAt: AT,
        runId: 'run-9',
        forecast: null,
        message: 'due at x; by the last 5 published runs it ends at y',
      },
    ],
  };
  const missed = {
    pipeline: 'flights',
    objective: 'doneBy' as const,
    dueAt: AT,
    status: 'missed' as const,
    runId: null,
    doneAt: '2026-01-01T04:00:00.000Z',
  };
  expect(alertsOfSla(report, [missed, { ...missed, status: 'met' }], owners)).toMatchObject([
    {
      key: 'sla-missed:flights:doneBy',
      event: `doneBy:${AT}`,
      severity: 'error',
      what: expect.stringContaining('It was done at 2026-01-01T04:00:00.000Z.') as string,
    },
    {
      key: 'sla-at-risk:flights:doneBy',
      runId: 'run-9',
      severity: 'warning',
      what: expect.stringContaining('by the last 5 published runs') as string,
    },
  ]);
});

describe('a message', () => {
  const alert = (id: string, more: Partial<Alert> = {}): Alert => ({
    ...alertsOfRun(run([pipeline({ status: 'Failed', failure: failure() })]), owners)[0]!,
    id,
    state: 'open',
    firstAt: AT,
    lastAt: AT,
    count: 1,
    groups: {},
    acknowledged: null,
    resolved: null,
    ...more,
  });
  const context = {
    about: 'raised' as const,
    environment: 'prod',
    publicUrl: 'https://s.example.com',
    acknowledgeUrl: 'https://s.example.com/a',
    done: [],
    again: false,
  };

  test('names the worst first, links to run and runbook, and counts the others', () => {
    const alerts = [
      alert('al-1'),
      alert('al-2', { severity: 'critical', title: 'worse' }),
      ...Array.from({ length: 20 }, (_, index) => alert(`al-x${index}`)),
    ];
    const made = alertMessage({ id: 'ag-1', joined: 22, storm: false }, alerts, context);
    expect(made).toMatchObject({
      title: 'worse and 21 more',
      severity: 'critical',
      more: 12,
      alertUrl: 'https://s.example.com/api/dashboard#/alerts/al-2',
    });
    expect(made.items[0]).toMatchObject({
      runUrl: 'https://s.example.com/api/dashboard#/runs/run-1',
      runbookUrl: 'https://s.example.com/api/dashboard#/runbooks/target-missing',
    });
  });

  test('of a storm, of a resolution, and without an address', () => {
    const alerts = [
      alert('al-1'),
      alert('al-2', {
        pipeline: 'other',
        state: 'resolved',
        resolved: { by: 'sluice', at: AT, reason: 'run-2 succeeded' },
      }),
    ];
    expect(alertMessage({ id: 'g', joined: 57, storm: true }, alerts, context).title).toBe(
      '57 alerts of 2 pipelines at once',
    );
    const over = alertMessage({ id: 'g', joined: 2, storm: false }, alerts, { ...context, about: 'resolved' });
    expect(over).toMatchObject({ title: 'Resolved: flights failed: target-missing and 1 more', acknowledgeUrl: null });
    expect(over.items[1]!.what).toContain('by sluice: run-2 succeeded.');
    expect(
      alertMessage({ id: 'g', joined: 2, storm: false }, alerts, { ...context, publicUrl: null }).items[0],
    ).toMatchObject({ runUrl: null, runbookUrl: null });
  });
});
