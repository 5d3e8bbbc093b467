import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const LOCK = {
  packages: {
    '': {},
    'node_modules/needed': { version: '1.0.0' },
    'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  },
};

/** A clone of its own with the real bootstrap, a command that says what it runs on, and an npm that only takes notes. */
describe('bootstrap', () => {
  let clone: string;
  const file = (name: string): string => path.join(clone, name);

  beforeEach(() => {
    clone = path.join(mkdtempSync(path.join(os.tmpdir(), 'sluice bootstrap ')), 'a clone');
    mkdirSync(file('bin'), { recursive: true });
    mkdirSync(file('node_modules'));
    cpSync(path.join(REPOSITORY, 'bin/bootstrap.cjs'), file('bin/bootstrap.cjs'));
    writeFileSync(file('package-lock.json'), JSON.stringify(LOCK));
    writeFileSync(
      file('command.cjs'),
      `require('./bin/bootstrap.cjs').bootstrap({ build: false, main() {
        if (process.argv[2] === 'wait') {
          process.on('SIGTERM', () => { console.log('ended in order'); process.exit(5); });
          setInterval(() => {}, 1000);
        }
        console.log(JSON.stringify({ node: process.execPath, args: process.argv.slice(2) }));
        if (process.argv[2] === 'exit') process.exit(7);
      } });`,
    );
    // Pretends to be Node.js 20 to the first process, not to the one that it starts.
    writeFileSync(
      file('old-node.cjs'),
      `if (process.env.PRETENDED === undefined) {
        process.env.PRETENDED = '1';
        Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });
      }`,
    );
    writeFileSync(
      file('npm.cjs'),
      `const fs = require('node:fs');
      fs.appendFileSync('npm-calls', process.argv[2] + '\\n');
      console.log('output of npm');
      if (process.env.NPM_FAILS) process.exit(1);
      fs.writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(JSON.stringify(installed('1.0.0')))});`,
    );
    mkdirSync(file(`node_modules/${NODE_PACKAGE}/bin`), { recursive: true });
    symlinkSync(process.execPath, file(`node_modules/${NODE_PACKAGE}/bin/node`));
  });

  afterEach(() => {
    rmSync(path.dirname(clone), { recursive: true });
  });

  function installed(version: string) {
    return { packages: { 'node_modules/needed': { version } } };
  }

  function markInstalled(version = '1.0.0'): void {
    writeFileSync(file('node_modules/.package-lock.json'), JSON.stringify(installed(version)));
  }

  const environment = (extra: Record<string, string> = {}) => ({
    ...process.env,
    npm_execpath: file('npm.cjs'),
    ...extra,
  });

  function run(args: string[], extra: Record<string, string> = {}) {
    return spawnSync(process.execPath, args, { cwd: os.tmpdir(), encoding: 'utf8', env: environment(extra) });
  }

  const npmCalls = (): string => (existsSync(file('npm-calls')) ? readFileSync(file('npm-calls'), 'utf8') : '');

  it('runs the command at once where nothing is missing', () => {
    markInstalled();
    const result = run([file('command.cjs'), 'a b']);
    expect(JSON.parse(result.stdout)).toEqual({ node: process.execPath, args: ['a b'] });
    expect(result.stderr).toBe('');
    expect(npmCalls()).toBe('');
  });

  it.each([
    ['nothing is installed', undefined],
    ['another version is installed than the lock file names', '0.9.0'],
  ])('installs first where %s, and leaves standard output to the command', (_, version) => {
    if (version !== undefined) markInstalled(version);
    const result = run([file('command.cjs')]);
    expect(npmCalls()).toBe('ci\n');
    expect(JSON.parse(result.stdout)).toEqual({ node: process.execPath, args: [] });
    expect(result.stderr).toMatch(/Installing dependencies[^]*output of npm[^]*Dependencies installed/);
    expect(existsSync(file('.sluice/install.lock'))).toBe(false);
  });

  it('links its own commands for npx', () => {
    markInstalled();
    writeFileSync(file('package.json'), JSON.stringify({ bin: { 'say-what': 'command.cjs' } }));
    expect(run([file('command.cjs')]).status).toBe(0);
    expect(JSON.parse(run([file('node_modules/.bin/say-what'), 'x']).stdout)).toMatchObject({ args: ['x'] });
  });

  it('says so where the installation fails, and tries again the next time', () => {
    const failed = run([file('command.cjs')], { NPM_FAILS: '1' });
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('npm ci failed');
    expect(run([file('command.cjs')]).status).toBe(0);
  });

  it('runs the same command on the installed Node.js where this one is too old', () => {
    markInstalled();
    const result = run(['-r', file('old-node.cjs'), file('command.cjs'), 'exit', 'a b']);
    expect(JSON.parse(result.stdout)).toEqual({ node: expect.stringMatching(/node/), args: ['exit', 'a b'] });
    expect(result.status).toBe(7);
  });

  it('says what is needed where there is no newer Node.js', () => {
    markInstalled();
    rmSync(file(`node_modules/${NODE_PACKAGE}`), { recursive: true });
    const result = run(['-r', file('old-node.cjs'), file('command.cjs')]);
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/Node\.js 22\.15 or newer is needed, this is 20\.9\.0/);
  });

  it('passes signals on to the newer Node.js and waits for its end', async () => {
    markInstalled();
    const child = spawn(process.execPath, ['-r', file('old-node.cjs'), file('command.cjs'), 'wait'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('wait')) child.kill('SIGTERM');
    });
    expect(await ended).toBe(5);
    expect(output).toContain('ended in order');
  });
});
