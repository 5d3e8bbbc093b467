import { renderPreview } from '../../../src/cli/render/render-preview';
import type { PipelinePreview } from '../../../src/project/pipeline-preview';

const PREVIEW: PipelinePreview = {
  pipeline: 'flights',
  description: 'Departures.',
  environment: 'local',
  dag: { levels: [['airports'], ['flights']], dependsOn: ['airports'], neededBy: ['delays'] },
  source: {
    connection: 'landing',
    files: 'flights/*.parquet',
    columns: [{ name: 'date', type: 'timestamp', nullable: true }],
    slice: {
      reached: true,
      answer: {
        outcome: 'planned',
        reason: null,
        reviewed: null,
        notes: ['b.parquet is left for the next run'],
        files: [{ path: 'flights/a.parquet', etag: '1', bytes: 5, modifiedAt: '2026-01-01T00:00:00Z' }],
        partitions: [
          { index: 0, label: 'flights/a.parquet rows 1-272727', estimatedRows: 272727, estimatedBytes: 1234567 },
          { index: 1, label: 'flights/a.parquet rows 272728-300000', estimatedRows: null, estimatedBytes: null },
        ],
      },
    },
  },
  transform: { sql: ['SELECT * FROM step_0'], references: [] },
  target: {
    connection: 'warehouse',
    table: 'aviation.flights',
    writeDisposition: 'append',
    columns: [
      { name: 'date', type: 'timestamp', nullable: true },
      { name: 'distance', type: 'integer', nullable: true },
    ],
    statements: ['BEGIN;', 'CREATE TABLE t ()   -- when there is none', 'COMMIT'],
    current: { reached: true, answer: { columns: null, mismatch: null } },
  },
};

test('everything that is known', () => {
  expect(renderPreview(PREVIEW)).toBe(`Plan of flights (environment local)
  Departures.

Order
  airports → flights
  flights depends on airports; alone it runs without them.
  Needed by delays.

Source
  landing: flights/*.parquet
  1 file, 2 partitions
       0  flights/a.parquet rows 1-272727  (272,727 rows, 1,234,567 bytes)
       1  flights/a.parquet rows 272728-300000
  Note: b.parquet is left for the next run
  Columns: date timestamp

Target schema
  date      timestamp
  distance  integer

Target
  warehouse: append into aviation.flights
  The table does not exist yet and would be created.

Transform and checks (DuckDB, per partition; step_0 is what was extracted)
  SELECT * FROM step_0;

Load (warehouse)
  BEGIN;

  CREATE TABLE t (); -- when there is none

  COMMIT;
`);
});

test('what is not known, and why', () => {
  const away = { reached: false, reason: 'connection refused', nextAction: 'Start it with npm start.' } as const;
  const text = renderPreview({
    ...PREVIEW,
    source: { ...PREVIEW.source, columns: null, slice: away },
    transform: { sql: [], references: [] },
    target: { ...PREVIEW.target, columns: null, statements: null, current: away },
  });
  expect(text).toContain(`  Could not be reached, so files and partitions cannot be shown: connection refused
  Start it with npm start.`);
  expect(text).toContain('not known until the source is read: declare source.columns');
  expect(text).toContain('so the table as it is cannot be shown: connection refused');
});

test('nothing to do, and a table that does not fit', () => {
  const text = renderPreview({
    ...PREVIEW,
    source: {
      ...PREVIEW.source,
      slice: {
        reached: true,
        answer: {
          outcome: 'up-to-date',
          reason: 'already loaded: 1 file',
          reviewed: null,
          notes: [],
          files: [],
          partitions: [],
        },
      },
    },
    target: {
      ...PREVIEW.target,
      current: { reached: true, answer: { columns: [], mismatch: 'distance is text there.' } },
    },
  });
  expect(text).toContain('Nothing to do: already loaded: 1 file');
  expect(text).toContain('The table exists with 0 columns. distance is text there.');
});
