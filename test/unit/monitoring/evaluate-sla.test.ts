import type { SlaConfig } from '../../../src/config/schema/sla';
import type { RunFact } from '../../../src/model/service-level';
import { evaluateSla, type Observed } from '../../../src/monitoring/evaluate-sla';
import type { UnderWay } from '../../../src/monitoring/forecast';

const at = (time: string): string => `2026-01-05T${time}:00.000Z`;
const fact = (runId: string, startedAt: string, endedAt: string, more: Partial<RunFact> = {}): RunFact => ({
  pipeline: 'orders',
  runId,
  status: 'Succeeded',
  startedAt,
  endedAt,
  current: true,
  load: 1,
  steps: [
    { step: 'extract', ms: 10 * 60_000 },
    { step: 'stage', ms: 20 * 60_000 },
  ],
  ...more,
});
const evaluate = (sla: SlaConfig, now: string, more: Partial<Observed> = {}) =>
  evaluateSla({
    pipeline: 'orders',
    sla,
    facts: [],
    underWay: [],
    begunMs: Date.parse('2026-01-04T12:00Z'),
    evaluatedMs: Date.parse(at('00:00')),
    nowMs: Date.parse(now),
    ...more,
  });
const run = (runId: string, startedAt: string, steps: UnderWay['steps'] = []): UnderWay => ({
  runId,
  startedAt,
  steps,
});

describe('doneBy', () => {
  const sla: SlaConfig = { doneBy: { at: '06:00', timeZone: 'UTC' } };

  test('a run that ended in time meets it; the verdict waits a minute for a run that ends on the dot', () => {
    const facts = [fact('run-1', at('05:30'), at('06:00'))];
    expect(evaluate(sla, at('06:00'), { facts }).verdicts).toEqual([]);
    const { verdicts, report } = evaluate(sla, at('06:01'), { facts });
    expect(verdicts).toEqual([
      {
        pipeline: 'orders',
        objective: 'doneBy',
        dueAt: at('06:00'),
        status: 'met',
        runId: 'run-1',
        doneAt: at('06:00'),
      },
    ]);
    expect(report.objectives[0]).toMatchObject({ state: 'met', dueAt: '2026-01-06T06:00:00.000Z' });
  });

  test('nothing done is a miss, which is open until a run is done, and stays a miss', () => {
    const missed = evaluate(sla, at('06:02'));
    expect(missed.verdicts).toMatchObject([{ status: 'missed', doneAt: null, runId: null }]);
    expect(missed.report.objectives[0]).toMatchObject({ state: 'missed', dueAt: at('06:00') });
    const facts = [fact('run-2', at('07:00'), at('07:30'))];
    const late = evaluate(sla, at('07:31'), { facts, evaluatedMs: Date.parse(at('07:20')) });
    expect(late.verdicts).toMatchObject([
      { status: 'missed', dueAt: at('06:00'), doneAt: at('07:30'), runId: 'run-2' },
    ]);
    expect(late.report.objectives[0]!.state).toBe('met');
  });

  test('failed runs, releases and runs of long before do not count', () => {
    const facts = [
      fact('failed', at('05:00'), at('05:30'), { status: 'Failed' }),
      fact('release', at('04:00'), at('04:30'), { current: false }),
      fact('yesterday', '2026-01-04T05:00:00.000Z', '2026-01-04T05:30:00.000Z'),
    ];
    expect(evaluate(sla, at('06:02'), { facts }).verdicts).toMatchObject([{ status: 'missed' }]);
    const evening = [fact('evening', '2026-01-04T20:00:00.000Z', '2026-01-04T20:30:00.000Z')];
    expect(evaluate(sla, at('06:02'), { facts: evening }).verdicts).toMatchObject([{ status: 'met' }]);
    const within: SlaConfig = { doneBy: { at: '06:00', timeZone: 'UTC', within: '6h' } };
    expect(evaluate(within, at('06:02'), { facts: evening }).verdicts).toMatchObject([{ status: 'missed' }]);
  });

  test('every due time of an absence has a verdict', () => {
    const { verdicts } = evaluate(sla, '2026-01-07T12:00:00.000Z', { evaluatedMs: Date.parse(at('00:00')) });
    expect(verdicts.map(({ dueAt }) => dueAt.slice(0, 10))).toEqual(['2026-01-05', '2026-01-06', '2026-01-07']);
  });

  test("what was due before the pipeline was watched is nobody's", () => {
    const begun = Date.parse(at('08:00'));
    const { verdicts, report } = evaluate(sla, at('08:01'), { begunMs: begun, evaluatedMs: begun });
    expect(verdicts).toEqual([]);
    expect(report.objectives[0]!.state).toBe('met');
  });
});

describe('a forecast from earlier runs', () => {
  const sla: SlaConfig = { doneBy: { at: '06:00', timeZone: 'UTC' } };
  const earlier = [1, 2, 3].map((day) => {
    const facts = fact(`run-${day}`, `2026-01-0${day}T01:00:00.000Z`, `2026-01-0${day}T01:30:00.000Z`);
    return { ...facts, steps: facts.steps.map(({ step, ms }) => ({ step, ms: ms + (day - 2) * 60_000 })) };
  });

  test('warns of a miss while the run is under way, and says from what', () => {
    const [standing] = evaluate(sla, at('05:40'), { facts: earlier, underWay: [run('run-9', at('05:38'))] }).report
      .objectives;
    expect(standing).toMatchObject({ state: 'atRisk', runId: 'run-9', dueAt: at('06:00') });
    // Two minutes of the ten of extract have passed; stage takes twenty.
    expect(standing!.forecast).toMatchObject({ expectedAt: at('06:08'), runs: 3 });
    expect(standing!.message).toBe(
      'due at 2026-01-05 06:00 UTC; by the last 3 published runs (extract 10 min ± 89 s, stage 20 min ± 89 s) it ends at ' +
        '2026-01-05 06:08 UTC, at the latest at 2026-01-05 06:10 UTC',
    );
  });

  test('partitions that are done are taken off, and a run that is early is not at risk', () => {
    const extract = { step: 'extract' as const, status: 'Succeeded' as const, partitions: { total: 4, done: 4 } };
    const stage = { step: 'stage' as const, status: 'InProgress' as const, partitions: { total: 4, done: 3 } };
    const none = { rows: 0, bytes: 0, retries: 0 };
    const steps = [
      { ...extract, ...none, startedAt: at('05:10'), endedAt: at('05:30') },
      { ...stage, ...none, startedAt: at('05:30'), endedAt: null },
    ];
    const [standing] = evaluate(sla, at('05:54'), { facts: earlier, underWay: [run('run-9', at('05:10'), steps)] })
      .report.objectives;
    expect(standing).toMatchObject({ state: 'met', forecast: { expectedAt: at('05:59') } });
  });

  test('a run that has not begun is at risk too, once too little time is left', () => {
    expect(evaluate(sla, at('05:29'), { facts: earlier }).report.objectives[0]!.state).toBe('met');
    const [late] = evaluate(sla, at('05:31'), { facts: earlier }).report.objectives;
    expect(late).toMatchObject({ state: 'atRisk', runId: null });
    expect(late!.message).toContain('if it began now, by the last 3 published runs');
  });

  test('two published runs say nothing', () => {
    const [standing] = evaluate(sla, at('05:59'), { facts: earlier.slice(1) }).report.objectives;
    expect(standing).toMatchObject({ state: 'met', forecast: null });
  });
});

describe('maxDuration', () => {
  const sla: SlaConfig = { maxDuration: '30m' };

  test('is met or missed by each run, also while it is under way', () => {
    const facts = [fact('long', at('02:00'), at('02:31')), fact('short', at('01:00'), at('01:30'))];
    expect(evaluate(sla, at('03:00'), { facts }).verdicts.map(({ runId, status }) => [runId, status])).toEqual([
      ['long', 'missed'],
      ['short', 'met'],
    ]);
    const { verdicts, report } = evaluate(sla, at('04:31'), { underWay: [run('now', at('04:00'))] });
    expect(verdicts).toMatchObject([{ runId: 'now', status: 'missed', doneAt: null, dueAt: at('04:30') }]);
    expect(report.objectives[0]).toMatchObject({ state: 'missed', runId: 'now' });
    expect(evaluate(sla, at('04:30'), { underWay: [run('now', at('04:00'))] }).verdicts).toEqual([]);
  });
});

describe('freshness', () => {
  const sla: SlaConfig = { freshness: '6h' };

  test('each success makes the next one due, counted from the start of the run that read the data', () => {
    const facts = [fact('b', at('06:00'), at('06:30')), fact('a', at('01:00'), at('01:30'))];
    const { verdicts, report } = evaluate(sla, at('07:00'), { facts, begunMs: Date.parse(at('00:30')) });
    expect(verdicts.map(({ dueAt, status, runId }) => [dueAt, status, runId])).toEqual([
      [at('06:30'), 'met', 'a'],
      [at('07:00'), 'met', 'b'],
    ]);
    expect(report.objectives[0]).toMatchObject({ state: 'met', dueAt: at('12:00') });
  });

  test('data that is too old is a miss until a run has succeeded', () => {
    const facts = [fact('a', at('01:00'), at('01:30'))];
    const old = evaluate(sla, at('07:02'), { facts, evaluatedMs: Date.parse(at('07:01')) });
    expect(old.verdicts).toMatchObject([{ status: 'missed', dueAt: at('07:00'), doneAt: null }]);
    expect(old.report.objectives[0]!.state).toBe('missed');
    const late = [fact('b', at('07:10'), at('07:20')), ...facts];
    const done = evaluate(sla, at('07:21'), { facts: late, evaluatedMs: Date.parse(at('07:19')) });
    expect(done.verdicts).toMatchObject([{ status: 'missed', dueAt: at('07:00'), doneAt: at('07:20'), runId: 'b' }]);
    expect(done.report.objectives[0]).toMatchObject({ state: 'met', dueAt: at('13:10') });
  });
});
