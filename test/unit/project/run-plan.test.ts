import { loadProject } from '../../../src/config/load-project';
import type { PipelineConfig } from '../../../src/config/schema/pipeline';
import type { Project } from '../../../src/config/project';
import { InvalidParametersError } from '../../../src/errors/invalid-parameters-error';
import { UnknownPipelineError } from '../../../src/errors/unknown-pipeline-error';
import { buildRunPlan } from '../../../src/project/build-run-plan';
import { masterInputOf } from '../../../src/project/master-input-of';
import { parseParameters } from '../../../src/project/parse-parameters';
import { breakerPolicyOf, steeringOf } from '../../../src/project/steering-of';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';

let project: Project;
beforeAll(() => {
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS.replace(
      'container: landing',
      'container: landing, breaker: { window: 90s, whenOpen: fail }',
    ),
    'a.yaml': minimalPipeline(
      'a',
      `parameters: { since: { type: date, default: 2001-01-01 }, limit: { type: integer } }
transform:
  - filter: day >= \${param:since} AND n < \${param:limit}
`,
    ),
    'b.yaml': minimalPipeline('b', 'dependsOn: [a]\nconcurrency: { onOverlap: skip }\nretry: { maxAttempts: 2 }\n'),
  });
  const loaded = loadProject({ folder, environment: 'local', env: {} });
  if (loaded.project === null) throw new Error(JSON.stringify(loaded.problems));
  project = loaded.project;
});
afterAll(removeFolders);

describe('a run plan', () => {
  test('holds levels, values and the definitions with the values in them', () => {
    const plan = buildRunPlan(project, { pipelines: 'all', parameters: { limit: 5 } });
    expect(plan.levels).toEqual([['a'], ['b']]);
    expect(plan.parameters).toEqual({ since: '2001-01-01', limit: 5 });
    expect(plan.project.pipelines['a']?.transform).toEqual([
      { filter: "day >= CAST('2001-01-01' AS DATE) AND n < CAST('5' AS BIGINT)" },
    ]);
    expect(plan.project.connections['warehouse']).toMatchObject({ password: '${secret:pw}' });
    expect(plan.maxParallel).toBe(4);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('is another definition with other values, and the same with the same', () => {
    const hash = (limit: number): string | undefined =>
      buildRunPlan(project, { pipelines: ['a'], parameters: { limit } }).definitionHashes['a'];
    expect(hash(5)).toBe(hash(5));
    expect(hash(5)).not.toBe(hash(6));
    expect(hash(5)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('of one pipeline leaves the others alone', () => {
    const plan = buildRunPlan(project, { pipelines: ['b'] });
    expect(plan.levels).toEqual([['b']]);
    expect(Object.keys(plan.definitionHashes)).toEqual(['b']);
    expect(plan.parameters).toEqual({});
  });

  test('pins the reference files of what runs, and only of that', () => {
    const b = minimalPipeline(
      'b',
      'transform:\n  - lookup: { from: { file: c.csv }, match: { x: code }, take: { y: name } }\n',
    );
    const files = {
      'connections.yaml': CONNECTIONS,
      'a.yaml': minimalPipeline('a'),
      'b.yaml': b,
      'c.csv': 'code,name\n',
    };
    const loaded = loadProject({ folder: projectFolder(files), environment: 'local', env: {} });
    if (loaded.project === null) throw new Error(JSON.stringify(loaded.problems));
    const plan = buildRunPlan(loaded.project, { pipelines: ['b'] }, loaded);
    const sha256 = loaded.referenceFiles['c.csv']?.sha256 ?? '';
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(plan.referenceFiles).toEqual({ 'c.csv': { path: `references/${sha256}`, bytes: 10, sha256 } });
    expect(JSON.stringify(plan)).not.toContain('code,name');
    expect(buildRunPlan(loaded.project, { pipelines: ['a'] }, loaded)).not.toHaveProperty('referenceFiles');
    const other = { 'c.csv': { content: Buffer.from('other'), sha256: 'f'.repeat(64) } };
    const changed = buildRunPlan(loaded.project, { pipelines: ['b'] }, { referenceFiles: other });
    expect(changed.definitionHashes['b']).not.toBe(plan.definitionHashes['b']);
  });

  test('refuses parameters that do not fit, naming each', () => {
    const parameters = { since: '2001-13-01', lmit: 5 };
    let caught: unknown;
    try {
      buildRunPlan(project, { pipelines: ['a'], parameters });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InvalidParametersError);
    expect((caught as InvalidParametersError).faults).toEqual([
      "there is no parameter 'lmit': Did you mean 'limit'?",
      "'since' of a must be a date such as 2001-12-31",
      "'limit' of a has no value and no default: give it a whole number",
    ]);
  });

  test('refuses a value that breaks the text around it', () => {
    const base = project.pipelines['b']!;
    const odd: PipelineConfig = {
      ...base,
      parameters: { suffix: { type: 'string' } },
      target: { ...base.target, table: 'b_${param:suffix}' },
    };
    const request = { pipelines: ['b'], parameters: { suffix: 'x.y.z' } };
    expect(() => buildRunPlan({ ...project, pipelines: { b: odd } }, request)).toThrow(
      /b: target\.table: write table or schema\.table/,
    );
  });

  test('refuses a pipeline that there is not', () => {
    expect(() => buildRunPlan(project, { pipelines: ['c'] })).toThrow(UnknownPipelineError);
  });
});

describe('steering', () => {
  test('is what an orchestration needs, durations in milliseconds', () => {
    expect(steeringOf(project, 'b')).toMatchObject({
      onOverlap: 'skip',
      retry: { maxAttempts: 2, firstDelay: '2s' },
      sourceConnection: {
        connection: 'landing',
        windowMs: 90_000,
        openForMs: 60_000,
        whenOpen: 'fail',
        maxWaitMs: 1_800_000,
      },
      targetConnection: { connection: 'warehouse', windowMs: 120_000, failureRate: 0.5, minimumCalls: 10 },
    });
    expect(() => steeringOf(project, 'c')).toThrow(RangeError);
    expect(() => breakerPolicyOf(project, 'c')).toThrow(RangeError);
  });

  test('becomes the master’s input, with dependencies among what runs', () => {
    const plan = { path: 'runs/x/plan.json', bytes: 1, sha256: 'ab' };
    const run = { runId: 'run-1', correlationId: 'c', plan };
    const all = masterInputOf(buildRunPlan(project, { pipelines: 'all', parameters: { limit: 1 } }), run);
    expect(all).toMatchObject({ ...run, levels: [['a'], ['b']], dependsOn: { a: [], b: ['a'] }, maxParallel: 4 });
    expect(Object.keys(all.steering)).toEqual(['a', 'b']);
    expect(masterInputOf(buildRunPlan(project, { pipelines: ['b'] }), run).dependsOn).toEqual({ b: [] });
  });
});

describe('parameters of a command line', () => {
  test('are read by their declared types', () => {
    const pipelines = {
      p: {
        ...(project.pipelines['b'] ?? {}),
        parameters: {
          s: { type: 'string' },
          i: { type: 'integer' },
          n: { type: 'number' },
          b: { type: 'boolean' },
          d: { type: 'date' },
        },
      } as PipelineConfig,
    };
    const texts = ['s=5', 'i=5', 'n=-1.5e3', 'b=true', 'd=2001-12-31', 'other=a=b', 's2='];
    expect(parseParameters({ pipelines }, texts)).toEqual({
      s: '5',
      i: 5,
      n: -1500,
      b: true,
      d: '2001-12-31',
      other: 'a=b',
      s2: '',
    });
    expect(() => parseParameters({ pipelines }, ['i=x', 'b=1', 'n', '=1'])).toThrow(
      "'i' must be a whole number; 'b' must be true or false; 'n' is not written name=value; '=1' is not written name=value",
    );
  });
});
