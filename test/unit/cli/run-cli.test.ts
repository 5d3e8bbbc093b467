import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from '../../../src/config/json-schema';
import { ROOT, sluice } from './support/sluice';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';

afterEach(removeFolders);

describe('the command line itself', () => {
  test('help is on standard output and succeeds; nothing asked for is wrong use', async () => {
    const help = await sluice(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('validate');
    expect(await sluice([])).toMatchObject({ code: 2, out: help.out });
    expect(await sluice(['help'])).toEqual(help);
  });

  test.each(['validate', 'connections', 'plan', 'test', 'schema'])('%s has help of its own', async (command) => {
    const help = await sluice([command, '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(new RegExp(`^sluice ${command}`));
    expect(await sluice(['help', command])).toEqual(help);
  });

  test('an unknown command is wrong use, with what was meant', async () => {
    expect(await sluice(['validat'])).toEqual({
      code: 2,
      out: '',
      err: "sluice: there is no command 'validat'. Did you mean 'validate'?\n",
    });
  });

  test.each([
    [['validate', '--foldr', 'x'], "sluice validate: Unknown option '--foldr'. See sluice validate --help.\n"],
    [['validate', 'flights'], "sluice validate: 'flights' is one name too many. See sluice validate --help.\n"],
  ])('%j is wrong use', async (args, err) => {
    expect(await sluice(args)).toEqual({ code: 2, out: '', err });
  });
});

describe('validate', () => {
  test('a sound folder', async () => {
    const folder = join(ROOT, 'pipelines');
    expect(await sluice(['validate', '--folder', folder])).toEqual({
      code: 0,
      out: `3 pipelines valid in ${folder}, environment local: airports, birdstrikes, flights.\n`,
      err: '',
    });
  });

  test('every problem, with file, line, column, value and fix', async () => {
    const folder = projectFolder({
      'connections.yaml': CONNECTIONS,
      'a.yaml': minimalPipeline('a', 'transform:\n  - derrive: { x: 1 }\n'),
      'b.yaml': minimalPipeline('b', "transform:\n  - derive: { x: getenv('HOME') }\n"),
    });
    const { code, out } = await sluice(['validate', '-f', folder]);
    expect(code).toBe(1);
    expect(out).toContain(`${folder}/a.yaml:5:5  error  unknown step 'derrive'  [unknown-step]
    at     transform[0].derrive
    value  derrive
    fix    Did you mean 'derive'?
`);
    expect(out).toContain(`${folder}/b.yaml:5:18  error  `);
    expect(out).toMatch(/\n2 errors in .*, environment local\.\n$/);
  });

  test('as JSON, for programs', async () => {
    const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': minimalPipeline('a', 'owner: [x]\n') });
    const { code, out } = await sluice(['validate', '--folder', folder, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      folder,
      environment: 'local',
      problems: [{ file: `${folder}/a.yaml`, line: 4, column: 8, path: 'owner', code: 'wrong-type', value: '[x]' }],
    });
    const sound = await sluice(['validate', '--folder', join(ROOT, 'pipelines'), '--json']);
    expect(JSON.parse(sound.out)).toMatchObject({
      valid: true,
      problems: [],
      pipelines: {
        airports: { columns: expect.arrayContaining([{ name: 'latitude', type: 'double', nullable: true }]) },
      },
    });
  });

  test('the folder and environment come from the flags, the settings, or where one stands', async () => {
    const app = projectFolder({
      'pipelines/connections.yaml': CONNECTIONS.replace('host: db', "host: '${env:DB_HOST}'"),
      'pipelines/environments/local.yaml': '{}\n',
      'pipelines/environments/test.yaml': '{}\n',
      'pipelines/a.yaml': minimalPipeline('a'),
      'elsewhere/.keep': '',
    });
    const world = { appFolder: app, workingFolder: join(app, 'elsewhere') };
    const unset = await sluice(['validate', '--json'], world);
    expect(JSON.parse(unset.out)).toMatchObject({
      folder: join(app, 'pipelines'),
      environment: 'local',
      problems: [{ code: 'missing-environment-variable' }],
    });
    // What the embedded services noted, and what is set over it.
    mkdirSync(join(app, '.sluice'));
    writeFileSync(
      join(app, '.sluice/local.settings.json'),
      '{"Values": {"DB_HOST": "127.0.0.1", "SLUICE_ENVIRONMENT": "test"}}',
    );
    expect(await sluice(['validate'], world)).toMatchObject({
      code: 0,
      out: expect.stringContaining('environment test'),
    });
    const set = await sluice(['validate'], { ...world, env: { SLUICE_ENVIRONMENT: 'local' } });
    expect(set.out).toContain('environment local');
    const flag = await sluice(['validate', '--env', 'tset'], world);
    expect(flag.code).toBe(1);
    expect(flag.out).toContain("Did you mean 'test'?");
    const named = await sluice(['validate'], {
      workingFolder: '/',
      env: { SLUICE_PIPELINES_FOLDER: join(app, 'pipelines'), DB_HOST: 'x' },
    });
    expect(named).toMatchObject({ code: 0, out: expect.stringContaining('1 pipeline valid') });
  });

  test('a settings file that is not JSON is named and left out', async () => {
    const app = projectFolder({ '.sluice/local.settings.json': '{', 'pipelines/connections.yaml': CONNECTIONS });
    const { err } = await sluice(['validate'], { appFolder: app });
    expect(err).toBe(`${join(app, '.sluice/local.settings.json')} is not JSON and was left out.\n`);
  });
});

test('schema prints the JSON Schema', async () => {
  expect(await sluice(['schema'])).toEqual({ code: 0, out: jsonSchemaText(), err: '' });
});

describe('test', () => {
  const withTest = (expected: string): string =>
    projectFolder({
      'connections.yaml': CONNECTIONS,
      'a.yaml': `pipeline: a
source: { connection: landing, files: a.csv, columns: { x: integer } }
target: { connection: warehouse, table: a, writeDisposition: replace }
parameters: { least: { type: integer, default: 1 } }
transform:
  - filter: x > \${param:least}
checks:
  - range: { column: x, max: 9 }
unitTests:
  - name: small ones are left out
    given: [{ x: 1 }, { x: 2 }, { x: 10 }]
    expected: ${expected}
    quarantined: [{ x: 10, reason: range(x) }]
`,
    });

  test('the demo’s examples hold', async () => {
    const { code, out } = await sluice(['test', '--folder', join(ROOT, 'pipelines')]);
    expect(out).toMatch(/\n\d+ tests passed, 0 failed\.\n$/);
    expect(code).toBe(0);
  });

  test('examples run with the defaults of parameters', async () => {
    const folder = withTest('[{ x: 2 }]');
    expect(await sluice(['test', 'a', '--folder', folder])).toEqual({
      code: 0,
      out: 'a\n  passed  small ones are left out\n\n1 test passed, 0 failed.\n',
      err: '',
    });
  });

  test('parameters can be given, and must fit', async () => {
    const folder = withTest('[]');
    expect(await sluice(['test', '--folder', folder, '-p', 'least=5'])).toMatchObject({ code: 0 });
    const wrong = await sluice(['test', '--folder', folder, '-p', 'least=many', '--param', 'least']);
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain("'least' must be a whole number; 'least' is not written name=value");
    expect(await sluice(['validate', '-p', 'least=5'])).toMatchObject({ code: 2 });
  });

  test('what differs is said, with the place', async () => {
    const folder = withTest('[{ x: 3 }, { x: 4 }]');
    const { code, out } = await sluice(['test', '--folder', folder]);
    expect(code).toBe(1);
    expect(out).toBe(`a
  FAILED  small ones are left out
          ${folder}/a.yaml:10
          expected, row 1, x: expected 3, but is "2"
          expected, row 2: did not come out: {"x":4}

0 tests passed, 1 failed.
`);
    const { out: json } = await sluice(['test', '--folder', folder, '--json']);
    expect(JSON.parse(json)).toMatchObject({ passed: false, tests: [{ pipeline: 'a', line: 10, passed: false }] });
  });

  test('an invalid folder runs nothing, an unknown pipeline neither', async () => {
    const folder = withTest('[{ y: 3 }]');
    const invalid = await sluice(['test', '--folder', folder]);
    expect(invalid.code).toBe(1);
    expect(invalid.out).toContain('[unknown-column]');
    expect(invalid.out).toContain(': nothing was run.\n');
    const unknown = await sluice(['test', 'b', '--folder', withTest('[]')]);
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.err).toBe(
      "sluice test: There is no pipeline 'b'. [unknown-pipeline]\nUse one of the pipelines: a.\n",
    );
  });
});
