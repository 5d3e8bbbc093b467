import { loadProject } from '../../../src/config/load-project';
import { SluiceError } from '../../../src/errors/sluice-error';
import { UnknownPipelineError } from '../../../src/errors/unknown-pipeline-error';
import type { Column } from '../../../src/model/column';
import { previewPipeline, type PreviewConnections } from '../../../src/project/preview-pipeline';
import type { Source, SourcePlan, SourcePlanRequest } from '../../../src/steps/extract/source';
import type { Target } from '../../../src/steps/load/target';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';
import { testEngine } from './support/test-engine';

const engine = testEngine();
afterEach(removeFolders);

const TEXT: readonly Column[] = [{ name: 'x', type: 'string', nullable: true }];

class UnreachableError extends SluiceError {
  constructor(what: string) {
    super(`${what} cannot be reached`, {
      class: 'infrastructure',
      code: 'connection-refused',
      nextAction: 'Start the services.',
      cause: new Error('ECONNREFUSED 127.0.0.1:5432'),
    });
  }
}

class ColumnsDifferError extends SluiceError {
  constructor() {
    super('the column x is bigint there', {
      class: 'persistent',
      code: 'target-schema-mismatch',
      nextAction: 'Alter it.',
    });
  }
}

/** Ends of a pipeline that remember what was asked and whether they were closed. */
class Ends implements PreviewConnections {
  readonly asked: SourcePlanRequest[] = [];
  closed = 0;

  constructor(
    private readonly says: {
      plan?: SourcePlan;
      table?: readonly Column[] | null;
      mismatch?: boolean;
      watermark?: Awaited<ReturnType<PreviewConnections['watermark']>>;
    },
  ) {}

  openSource(): Promise<Source> {
    const { plan } = this.says;
    if (plan === undefined) return Promise.reject(new UnreachableError('the storage'));
    const source: Pick<Source, 'plan' | 'close'> = {
      plan: (request) => {
        this.asked.push(request);
        return Promise.resolve(plan);
      },
      close: () => this.close(),
    };
    return Promise.resolve(source as Source);
  }

  openTarget(): Promise<Target> {
    const { table, mismatch } = this.says;
    const target: Pick<Target, 'explain' | 'describe' | 'checkColumns' | 'close'> = {
      explain: ({ table: name }, columns) => [
        `INSERT INTO ${name} (${columns.map((column) => column.name).join(', ')})`,
      ],
      describe: () =>
        table === undefined ? Promise.reject(new UnreachableError('the warehouse')) : Promise.resolve(table),
      checkColumns: () => (mismatch === true ? Promise.reject(new ColumnsDifferError()) : Promise.resolve(null)),
      close: () => this.close(),
    };
    return Promise.resolve(target as Target);
  }

  watermark(): ReturnType<PreviewConnections['watermark']> {
    return Promise.resolve(this.says.watermark ?? null);
  }

  private close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

const PLANNED: SourcePlan = {
  outcome: 'planned',
  slice: { kind: 'files', files: [{ path: 'a/1.csv', etag: '"1"', bytes: 10, modifiedAt: '2026-01-01T00:00:00Z' }] },
  partitions: [
    { index: 0, label: 'a/1.csv rows 1-5', spec: { secret: 'of the kind' }, estimatedRows: 5, estimatedBytes: null },
    { index: 1, label: 'a/1.csv rows 6-9', spec: {}, estimatedRows: 4, estimatedBytes: null },
  ],
  columns: TEXT,
  notes: ['one file is still being written'],
};

async function preview(
  connections: PreviewConnections,
  more = '',
  name = 'a',
  parameters: Record<string, string | number> = {},
) {
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS,
    'a.yaml': minimalPipeline('a', `dependsOn: [z]\n${more}`),
    'b.yaml': minimalPipeline('b', 'dependsOn: [a]\n'),
    'z.yaml': minimalPipeline('z'),
  });
  const loaded = loadProject({ folder, environment: 'local', env: {} });
  if (loaded.project === null) throw new Error(JSON.stringify(loaded.problems));
  return previewPipeline({ loaded, project: loaded.project, pipeline: name, engine, connections, parameters });
}

test('says what the next run would take, make and load', async () => {
  const watermark = { pipeline: 'a', load: 3, files: [], value: null, definitionHash: null };
  const ends = new Ends({ plan: PLANNED, table: null, watermark });
  const { preview: said, checked } = await preview(ends, "transform:\n  - derive: { y: x || '!', n: length(x) }\n");
  expect(checked.problems).toEqual([]);
  expect(said).toMatchObject({
    pipeline: 'a',
    environment: 'local',
    dag: { levels: [['z'], ['a']], dependsOn: ['z'], neededBy: ['b'] },
    source: {
      connection: 'landing',
      columns: TEXT,
      slice: {
        reached: true,
        answer: {
          outcome: 'planned',
          files: [{ path: 'a/1.csv' }],
          partitions: [{ index: 0, label: 'a/1.csv rows 1-5', estimatedRows: 5 }, { index: 1 }],
          notes: ['one file is still being written'],
        },
      },
    },
    target: {
      statements: ['INSERT INTO a (x, y, n)'],
      current: { reached: true, answer: { columns: null, mismatch: null } },
    },
  });
  expect(said.target.columns?.map(({ name, type }) => `${name} ${type}`)).toEqual(['x string', 'y string', 'n bigint']);
  expect(said.transform.sql.join('\n')).toContain('length(x)');
  expect(JSON.stringify(said)).not.toContain('of the kind');
  expect(ends.asked).toMatchObject([{ writeDisposition: 'replace', watermark: { load: 3 } }]);
  expect(ends.asked[0]?.definitionHash).toMatch(/^[0-9a-f]{64}$/);
  expect(ends.closed).toBe(2);
});

test('finds what only the real columns show', async () => {
  const { preview: said, checked } = await preview(
    new Ends({ plan: PLANNED, table: null }),
    'transform:\n  - filter: z > 1\n',
  );
  expect(checked.problems).toMatchObject([{ code: 'unknown-column', line: 6, column: 13 }]);
  expect(checked.project).toBeNull();
  expect(said.target).toMatchObject({ columns: null, statements: null });
});

test('says why there is nothing to do', async () => {
  const plan: SourcePlan = { outcome: 'up-to-date', reason: 'already loaded: 1 file', notes: [] };
  const { preview: said } = await preview(new Ends({ plan, table: TEXT }));
  expect(said.source.slice).toMatchObject({
    reached: true,
    answer: { outcome: 'up-to-date', reason: 'already loaded: 1 file' },
  });
});

test('says what does not fit the table', async () => {
  const { preview: said } = await preview(new Ends({ plan: PLANNED, table: TEXT, mismatch: true }));
  expect(said.target.current).toEqual({
    reached: true,
    answer: { columns: TEXT, mismatch: 'the column x is bigint there' },
  });
});

test('goes on without what cannot be reached, and says so', async () => {
  const declared = minimalPipeline('a').replace('a/*.csv', 'a/*.csv, columns: { x: integer }');
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': declared });
  const loaded = loadProject({ folder, environment: 'local', env: {} });
  const ends = new Ends({});
  const { preview: said } = await previewPipeline({
    loaded,
    project: loaded.partial,
    pipeline: 'a',
    engine,
    connections: ends,
  });
  const away = { reached: false, nextAction: 'Start the services.' };
  expect(said.source.slice).toEqual({ ...away, reason: 'the storage cannot be reached: ECONNREFUSED 127.0.0.1:5432' });
  expect(said.target.current).toEqual({
    ...away,
    reason: 'the warehouse cannot be reached: ECONNREFUSED 127.0.0.1:5432',
  });
  expect(said.target.columns).toMatchObject([{ name: 'x', type: 'integer' }]);
  expect(said.target.statements).toEqual(['INSERT INTO a (x)']);
  expect(ends.closed).toBe(1);
});

test('an unknown pipeline', async () => {
  await expect(preview(new Ends({}), '', 'c')).rejects.toThrow(UnknownPipelineError);
  await expect(preview(new Ends({}), '', 'constructor')).rejects.toThrow(UnknownPipelineError);
});

test('shows the SQL with the parameters given, and refuses those that do not fit', async () => {
  const more =
    'parameters: { least: { type: integer, default: 1 } }\ntransform:\n  - filter: length(x) > ${param:least}\n';
  const ends = new Ends({ plan: PLANNED, table: null });
  const { preview: said } = await preview(ends, more, 'a', { least: 7 });
  expect(said.transform.sql.join('\n')).toContain("CAST('7' AS BIGINT)");
  await expect(preview(ends, more, 'a', { least: 'x' })).rejects.toThrow("'least' of a must be a whole number");
});
