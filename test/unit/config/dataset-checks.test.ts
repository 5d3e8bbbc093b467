import { loadProject } from '../../../src/config/load-project';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from './support/project-folder';

afterEach(removeFolders);

/** The problems of one check, each with place, code, path, message and fix. */
function problems(check: string): string[] {
  const text = minimalPipeline('a', `checks:\n  - ${check}\n`);
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': text });
  const { problems: found } = loadProject({ folder, environment: 'local', env: {} });
  return found.map(
    ({ line, column, path, code, message, fix }) => `${line}:${column} ${code} ${path} | ${message} | ${fix}`,
  );
}

test.each([
  ['sum: { column: a }', '5:10 missing-bound checks[0].sum | the sum has neither min nor max | Add min, max or both.'],
  [
    'mean: { column: a, min: 2, max: 1 }',
    '5:29 empty-range checks[0].mean.min | min 2 is more than max 1 | Swap the two.',
  ],
  [
    "sum: { column: a, min: '20', max: 3 }",
    '5:28 empty-range checks[0].sum.min | min 20 is more than max 3 | Swap the two.',
  ],
  [
    'distinctCount: { column: a }',
    '5:20 missing-bound checks[0].distinctCount | the distinctCount has neither min nor max | Add min, max or both.',
  ],
  [
    'freshness: { column: a, maxAge: 1d, timeZone: Europe/Berln }',
    "5:51 unknown-time-zone checks[0].freshness.timeZone | there is no time zone 'Europe/Berln' | Did you mean 'Europe/Berlin'?",
  ],
  [
    'anomaly: { metric: rowCount, column: a }',
    '5:42 column-not-wanted checks[0].anomaly.column | rowCount counts rows, and looks at no column | Leave column out, or choose nullRate, mean or distinctCount.',
  ],
  [
    'anomaly: { metric: mean }',
    '5:14 missing-column checks[0].anomaly | mean looks at a column, and none is named | Add column.',
  ],
])('%s', (check, problem) => expect(problems(check)).toEqual([problem]));

test.each([
  ['freshness: { column: a, maxAge: soon }', 'checks[0].freshness.maxAge'],
  ['quantile: { column: a, q: 1.5, min: 1 }', 'checks[0].quantile.q'],
  ['anomaly: { metric: rowCount, minPoints: 6 }', 'checks[0].anomaly.minPoints'],
  ['anomaly: { metric: rowCount, onFailure: quarantine }', 'checks[0].anomaly.onFailure'],
  ['duplicates: { columns: [] }', 'checks[0].duplicates.columns'],
  ['duplicates: { columns: [a], max: 101% }', 'checks[0].duplicates.max'],
  ['schema: { columns: { a: text } }', 'checks[0].schema.columns.a'],
  ['rowCount: { min: 1, maxFailures: 3 }', 'checks[0].rowCount.maxFailures'],
])('%s is refused where it is wrong', (check, path) => {
  const found = problems(check);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(` ${path} | `);
});

test('severities and bounds have defaults', () => {
  const text = minimalPipeline('a', 'checks:\n  - anomaly: { metric: rowCount }\n  - duplicates: { columns: [a] }\n');
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': text });
  expect(loadProject({ folder, environment: 'local', env: {} }).project?.pipelines['a']?.checks).toEqual([
    { anomaly: { metric: 'rowCount', sensitivity: 3.5, minPoints: 7, relativeFloor: '5%', onFailure: 'warn' } },
    { duplicates: { columns: ['a'], max: 0, onFailure: 'fail' } },
  ]);
});
