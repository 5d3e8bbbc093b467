import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
const VERSION = /<BicepVersion>(.+)<\//.exec(
  readFileSync(path.join(REPOSITORY, 'infra/tools/bicep.csproj'), 'utf8'),
)![1]!;
const CONTENT = /'linux-x64': '(.+)'/.exec(
  readFileSync(path.join(REPOSITORY, 'scripts/infra/restore-bicep.cjs'), 'utf8'),
)![1]!;
const EMPTY = '{ "results": [] }';

/** The check itself, with a compiler that says what it is told; the real one runs in `npm run infra:check`. */
(process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip)('npm run infra:check', () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(path.join(os.tmpdir(), 'sluice infra '));
    for (const name of ['bin/bootstrap.cjs', 'scripts/infra', 'infra']) {
      cpSync(path.join(REPOSITORY, name), path.join(clone, name), { recursive: true });
    }
  });
  afterEach(() => {
    rmSync(clone, { recursive: true });
  });

  /** `answers`: a shell command for each command of the compiler; others say nothing. */
  function compiler(answers: Readonly<Record<string, string>> = {}, contentHash = CONTENT): void {
    const folder = path.join(clone, '.sluice/nuget/azure.bicep.commandline.linux-x64', VERSION);
    mkdirSync(path.join(folder, 'tools'), { recursive: true });
    writeFileSync(path.join(folder, '.nupkg.metadata'), JSON.stringify({ contentHash }));
    const all = { lint: `echo '${EMPTY}'`, ...answers };
    const cases = Object.entries(all).map(([command, does]) => `${command}) ${does};;`);
    writeFileSync(path.join(folder, 'tools/bicep'), `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\nesac\n`);
    chmodSync(path.join(folder, 'tools/bicep'), 0o755);
  }

  function check(env: NodeJS.ProcessEnv = {}): { status: number | null; out: string } {
    const script = `require('./scripts/infra/check.cjs').main(['--compile-only'])`;
    // Of the programs of this machine only those that the shell script above needs: no dotnet.
    const world = { PATH: path.join(clone, 'empty'), ...env };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: clone,
      encoding: 'utf8',
      env: world,
    });
    return { status, out: `${stdout}${stderr}` };
  }

  it('passes where the compiler finds nothing', () => {
    compiler();
    const { status, out } = check();
    expect(out).toMatch(/\n10 passed, 0 failed\n$/);
    expect(status).toBe(0);
  });

  it('is skipped without dotnet, and says so', () => {
    const { status, out } = check();
    expect(out).toContain('install .NET');
    expect(status).toBe(3);
  });

  it('fails in CI where it would be skipped', () => {
    const { status, out } = check({ CI: 'true' });
    expect(out).toContain('a check that is skipped has failed');
    expect(status).toBe(1);
  });

  it('takes no other compiler than the pinned one', () => {
    compiler({}, 'another');
    const { status, out } = check();
    expect(out).toContain('is not the one');
    expect(status).toBe(1);
  });

  it.each([
    [
      'a result of the linter',
      { lint: `echo '${EMPTY}'; echo '{ "results": [ { "ruleId": "no-unused-params" } ] }'` },
      'lint',
    ],
    ['a linter that says nothing', { lint: 'true' }, 'lint'],
    ['a warning of the compiler', { build: 'echo "main.bicep(1,1) : Warning BCP081" >&2' }, 'build main.bicep'],
    ['another snapshot', { snapshot: 'echo "Snapshot validation failed"; exit 1' }, 'snapshot prod.bicepparam'],
    // Stands for the formatter: it adds a line to the copy that it is given.
    ['a file that is not formatted', { format: 'echo "param x int" >> "${3%%/\\*\\**}/main.bicep"' }, 'format'],
  ])('fails for %s', (what, answers, name) => {
    compiler(answers);
    const { status, out } = check();
    expect(`${what}: ${out}`).toContain(`FAIL ${name}`);
    expect(status).toBe(1);
  });
});
