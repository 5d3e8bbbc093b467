import { judgeResult } from '../../../src/local/demo/judge-result';
import { renderResult } from '../../../src/local/demo/render-result';
import { formatDuration, groupDigits, renderTable } from '../../../src/report/render-table';
import { NO_ROWS } from '../../../src/model/counts';
import { pipelineRecord, runRecord } from './run-record';

const compared = (rows: string) => [
  {
    pipeline: 'flights',
    table: 'aviation.flights',
    file: '/data/flights.parquet',
    measures: [
      { name: 'rows', postgres: rows, duckdb: '100' },
      { name: 'sum(distance)', postgres: '12345', duckdb: '23456' },
    ],
  },
];

describe('renderTable', () => {
  it('sets text left and figures right, without trailing space', () => {
    expect(
      renderTable(
        [{ heading: 'Name' }, { heading: 'Rows', figures: true }],
        [
          ['a', '1'],
          ['long name', '12,345'],
        ],
      ),
    ).toEqual(['Name         Rows', 'a               1', 'long name  12,345']);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [3_000_000, '3,000,000'],
    ['-1234567.0009', '-1,234,567.0009'],
    ['none', 'none'],
  ])('groups the digits of %s', (value, text) => {
    expect(groupDigits(value)).toBe(text);
  });

  it.each([
    [850.4, '850 ms'],
    [12_340, '12.3 s'],
    [65_000, '1 min 05 s'],
    [119_800, '2 min 00 s'],
  ])('formats %d milliseconds', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('renderResult', () => {
  it('shows counts, rate, checks, quarantine and both engines', () => {
    const record = pipelineRecord({
      checks: [
        {
          name: 'notNull(date)',
          kind: 'notNull',
          columns: ['date'],
          severity: 'quarantine',
          evaluated: 96,
          failures: 3,
          status: 'quarantined',
          message: '',
        },
      ],
      verifications: [{ name: 'rowCount', passed: true, expected: '90', actual: '90' }],
      quarantineReasons: [{ reason: 'notNull(date)', rows: 3 }],
    });
    expect(renderResult({ run: runRecord([record]), compared: compared('90') })).toEqual([
      'Run run-1: Succeeded in 1 min 05 s',
      '',
      'Pipeline  Status     Read  Loaded  Filtered  Deduplicated  Quarantined  Balances  Partitions   Time  Rows/s',
      'flights   Succeeded   100      90         4             3            3  yes                8  2.0 s      50',
      '',
      'Pipeline  Check          Rows  Failed  Verdict',
      'flights   notNull(date)    96       3  quarantined',
      '',
      'Pipeline  Verified in PostgreSQL before the commit  Expected  Found  Verdict',
      'flights   rowCount                                        90     90  passed',
      '',
      'Quarantined  Reason         Rows',
      'flights      notNull(date)     3',
      '',
      'Loaded table                     PostgreSQL over the table  DuckDB over the raw file  File',
      'aviation.flights  rows                                  90                       100  flights.parquet',
      'aviation.flights  sum(distance)                     12,345                    23,456  flights.parquet',
    ]);
  });

  it('says why nothing was loaded', () => {
    const record = pipelineRecord({ counts: NO_ROWS, reason: 'already loaded: flights.parquet' });
    expect(renderResult({ run: runRecord([record]), compared: [] })).toContain(
      'flights: already loaded: flights.parquet',
    );
  });

  it('explains a failure once: class, code, data state, next action', () => {
    const failure = {
      class: 'persistent',
      code: 'wrong-password',
      message: 'PostgreSQL refused the password.',
      causes: ['28P01'],
      dataState: 'nothing-loaded',
      nextAction: 'Correct the secret.',
      runbook: 'docs/runbooks/wrong-password.md',
      pipeline: 'flights',
      step: 'stage',
    } as const;
    const run = runRecord([pipelineRecord({ status: 'Failed', failure })], { status: 'Failed', failure });
    expect(renderResult({ run, compared: [] }).slice(-5)).toEqual([
      'Failed in flights / stage: PostgreSQL refused the password.',
      '  because 28P01',
      '  class persistent, code wrong-password, data: nothing-loaded',
      '  next: Correct the secret.',
      '  more: docs/runbooks/wrong-password.md',
    ]);
  });
});

describe('judgeResult', () => {
  it('accepts a table that holds what the file and the counts say', () => {
    expect(judgeResult({ run: runRecord([pipelineRecord()]), compared: compared('90') })).toEqual([]);
  });

  it('rejects a lost row', () => {
    expect(judgeResult({ run: runRecord([pipelineRecord()]), compared: compared('89') })).toEqual([
      "aviation.flights holds 89 rows; the raw file and the run's counts say 90.",
    ]);
  });

  it('rejects a ledger that does not balance, and a run that did not succeed', () => {
    const run = runRecord([pipelineRecord({ balanced: false })], { status: 'Failed' });
    expect(judgeResult({ run, compared: [] })).toEqual([
      'The run ended as Failed.',
      'The ledger of flights does not balance.',
    ]);
  });

  it('asks nothing of a pipeline that had nothing new to load', () => {
    const record = pipelineRecord({ counts: NO_ROWS, balanced: null, reason: 'already loaded' });
    expect(judgeResult({ run: runRecord([record]), compared: compared('90') })).toEqual([]);
  });
});
