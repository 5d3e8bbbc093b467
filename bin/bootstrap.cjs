'use strict';
/*
 * Makes a fresh clone ready to run: installs the dependencies where they are missing, finds a recent enough Node.js,
 * builds where the sources are newer than the build, and goes on with the same command.
 *
 * Runs on Node.js 20 and needs nothing but Node.js and npm, since it runs before anything is installed. All it prints
 * goes to standard error, so that `--json` commands keep standard output to themselves.
 */
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');
/** The host needs `module.registerHooks`: https://nodejs.org/docs/latest-v22.x/api/module.html#moduleregisterhooksoptions */
const OLDEST_NODE = [22, 15];
const NODE_PACKAGES = [
  `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  `node-bin-${process.platform}-${process.arch}`,
];

/**
 * Prepares the repository and then calls `main` on a recent enough Node.js: in this process where it is one, otherwise
 * in a child process that runs the same command, gets the signals sent to this one and gives it its exit code.
 */
function bootstrap({ build, main }) {
  ensureInstalled();
  linkCommands();
  if (!isRecent(process.versions.node)) {
    runAgainOn(recentNode());
    return;
  }
  if (build) require('../scripts/build.cjs').ensureBuilt();
  main();
}

function isRecent(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/** Installs with `npm ci` unless node_modules is what package-lock.json asks for. */
function ensureInstalled() {
  if (isInstalled()) return;
  withLock('install', () => {
    if (isInstalled()) return;
    say('Installing dependencies (npm ci; once, some minutes on a slow line) ...');
    // Warnings about the Node.js version do not matter here: what needs a newer one runs on the one that this installs.
    const flags = ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--engine-strict=false'];
    const result = runNpm([...flags, '--include=dev', '--include=optional']);
    if (result.status !== 0) fail('npm ci failed; its messages are above. Put that right and run the command again.');
    say('Dependencies installed.');
  });
}

/**
 * Puts the repository's own commands beside those of its dependencies, as npm does for every package but the root. npx
 * finds them without, but then takes its time and complains about the Node.js that this bootstrap replaces.
 */
function linkCommands() {
  if (process.platform === 'win32') return;
  for (const [name, file] of Object.entries(readJson(path.join(ROOT, 'package.json'))?.bin ?? {})) {
    const link = path.join(ROOT, 'node_modules', '.bin', name);
    if (fs.existsSync(link)) continue;
    try {
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(path.join('..', '..', file), link);
    } catch {
      // Another user's node_modules, or another process was faster: npx goes its longer way.
    }
  }
}

function runNpm(args) {
  const npm = process.env.npm_execpath;
  const options = { cwd: ROOT, stdio: ['ignore', 2, 2] };
  if (npm !== undefined && /\.c?js$/.test(npm)) return spawnSync(process.execPath, [npm, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** Compares what npm installed, by its own record of it, with what package-lock.json names. */
function isInstalled() {
  const wanted = readJson(path.join(ROOT, 'package-lock.json'));
  const found = readJson(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted.packages).every(([folder, { version, optional }]) => {
    if (folder === '') return true;
    const installed = found.packages[folder];
    return installed === undefined ? optional === true : installed.version === version;
  });
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The Node.js among the dependencies: an npm package per platform that holds nothing but the program. */
function recentNode() {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const name of NODE_PACKAGES) {
    const file = path.join(ROOT, 'node_modules', name, 'bin', program);
    if (fs.existsSync(file)) return file;
  }
  return fail(
    `Node.js ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}, and none was installed for ` +
      `${process.platform}-${process.arch}. Install Node.js 24, or run npm ci with optional dependencies.`,
  );
}

function runAgainOn(node) {
  // Programs that this one starts by name must find the same Node.js.
  const PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`;
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, PATH },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Could not run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Runs `work` while no other process of this clone does work of that name; waits for it where one does. */
function withLock(name, work) {
  const folder = path.join(ROOT, '.sluice');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.lock`);
  for (let waits = 0; !tryLock(file); waits += 1) {
    if (waits === 0) say(`Waiting for another process to finish its ${name} ...`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  // Work that fails ends the process, which a `finally` would not see.
  const release = () => fs.rmSync(file, { force: true });
  process.once('exit', release);
  const result = work();
  process.removeListener('exit', release);
  release();
  return result;
}

function tryLock(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = Number(fs.readFileSync(file, { encoding: 'utf8', flag: 'a+' }));
  const age = Date.now() - fs.statSync(file).mtimeMs;
  if (owner > 0 ? !isAlive(owner) : age > 5000) fs.rmSync(file, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

module.exports = { bootstrap, withLock, ROOT };
