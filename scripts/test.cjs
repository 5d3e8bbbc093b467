'use strict';
/*
 * `npm test`: types, lint, format, dependency rules, then the tests. The last line is the plain count of all of them.
 * With arguments (`npm test -- test/engine`) only the tests run, and the arguments go to Jest.
 */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('../bin/bootstrap.cjs');

const tool = (name, file) => path.join(ROOT, 'node_modules', name, file);
const CHECKS = [
  { name: 'build', command: ['scripts/run.cjs', 'build'] },
  { name: 'types', command: [tool('typescript-7', 'bin/tsc'), '-p', 'tsconfig.json'] },
  { name: 'lint', command: ['scripts/run.cjs', 'lint', '--max-warnings=0'] },
  { name: 'format', command: [tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
  { name: 'dependency rules', command: ['scripts/run.cjs', 'deps'] },
  { name: 'infrastructure', command: ['scripts/run.cjs', 'infra:check', '--compile-only'], skips: true },
];
/** What a check that may be skipped ends with where this machine lacks what it needs. */
const SKIPPED = 3;

async function main(args) {
  const count = { PASS: 0, FAIL: 0, SKIP: 0 };
  if (args.length === 0) for (const check of CHECKS) count[await runCheck(check)] += 1;
  const tests = await runJest(args);
  const passed = count.PASS + tests.passed;
  const failed = count.FAIL + tests.failed;
  const skipped = count.SKIP + tests.skipped;
  if (skipped > 0) process.stdout.write(`${skipped} skipped\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Runs one check and gives its result; its output is shown only where it does not pass. */
async function runCheck({ name, command, skips = false }) {
  const started = Date.now();
  const { code, output } = await run(command, 'pipe');
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const result = code === 0 ? 'PASS' : skips && code === SKIPPED ? 'SKIP' : 'FAIL';
  process.stdout.write(`${result} ${name} (${seconds} s)\n`);
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  return result;
}

/** Counts come from Jest's own report, never from what it prints. */
async function runJest(args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-jest-'));
  const report = path.join(folder, 'report.json');
  const { code } = await run([tool('jest', 'bin/jest.js'), '--json', `--outputFile=${report}`, ...args], 'inherit');
  const result = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : undefined;
  fs.rmSync(folder, { recursive: true, force: true });
  if (result === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    // Jest can fail without a failing test, as when its global teardown throws.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function run(command, output) {
  // Jest's JSON would fill standard output; its report for people goes to standard error, which we show.
  const stdio = output === 'pipe' ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'inherit'];
  const env = process.stderr.isTTY ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  let text = '';
  child.stdout?.on('data', (chunk) => (text += chunk));
  child.stderr?.on('data', (chunk) => (text += chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => {
      process.removeListener('SIGINT', forward).removeListener('SIGTERM', forward);
      resolve({ code: code ?? 1, output: text });
    });
  });
}

module.exports = { main };
