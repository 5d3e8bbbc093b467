'use strict';
/*
 * `npm run infra:check`: compiles infra/ with the real compiler and compares with the committed snapshots, then tests what
 * the snapshots say. `--update` writes the snapshots anew; `--compile-only` leaves the tests to `npm test`, which has them.
 * Ends with 3 where the compiler cannot be had, which in CI is a failure.
 */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('../../bin/bootstrap.cjs');
const { restoreBicep } = require('./restore-bicep.cjs');

const INFRA = path.join(ROOT, 'infra');
const SKIPPED = 3;
/** What a snapshot needs to know of the subscription; any value does, and these are nobody's. */
const NOWHERE = '00000000-0000-0000-0000-000000000000';

async function main(args) {
  const { bicep, skipped, failed } = restoreBicep();
  if (bicep === undefined) {
    process.stdout.write(`${skipped ?? failed}\n`);
    if (skipped !== undefined && process.env.CI) process.stdout.write('In CI a check that is skipped has failed.\n');
    process.exitCode = skipped !== undefined && !process.env.CI ? SKIPPED : 1;
    return;
  }
  const update = args.includes('--update');
  let passed = 0;
  let failures = 0;
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-infra-'));
  try {
    await inParallel(checks(bicep, work, update), async (check) => {
      const problem = await check.run();
      process.stdout.write(`${problem === null ? 'PASS' : 'FAIL'} ${check.name}\n`);
      if (problem === null) passed += 1;
      else {
        failures += 1;
        process.stdout.write(`${problem.trimEnd()}\n`);
      }
    });
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  process.stdout.write(`${passed} passed, ${failures} failed\n`);
  process.exitCode = failures === 0 ? 0 : 1;
  if (failures === 0 && !args.includes('--compile-only')) {
    const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
    process.exitCode = (await run(process.execPath, [jest, 'test/infra'], 'inherit')).code;
  }
}

/** What is checked; `run` gives null, or what is wrong. */
function checks(bicep, work, update) {
  const templates = ['main.bicep', 'events.bicep'];
  const parameters = fs.readdirSync(path.join(INFRA, 'environments')).filter((name) => name.endsWith('.bicepparam'));
  return [
    ...parameters.map((name) => ({ name: `snapshot ${name}`, run: () => snapshot(bicep, name, update) })),
    ...templates.map((name) => ({ name: `build ${name}`, run: () => build(bicep, name, work) })),
    { name: 'lint', run: () => lint(bicep) },
    { name: 'format', run: () => format(bicep, work) },
  ];
}

/** Errors, and warnings too: what the compiler is not sure of fails in Azure. */
async function build(bicep, name, work) {
  const { code, output } = await run(bicep, [
    'build',
    path.join(INFRA, name),
    '--outfile',
    path.join(work, `${name}.json`),
  ]);
  return code === 0 && output.trim() === '' ? null : output || `bicep build ended with ${code}`;
}

/** Any result of any rule, and any warning of the compiler, in any module. */
async function lint(bicep) {
  const pattern = path.join(INFRA, '**/*.bicep');
  const { output, stdout } = await run(bicep, ['lint', '--pattern', pattern, '--diagnostics-format', 'sarif']);
  const results = [...stdout.matchAll(/"ruleId": "(.+)"|"text": "(.+)"|"uri": "(.+)"/g)].map((match) => match[0]);
  // One document for each file, one after the other.
  const documents = stdout.split('"results":').length - 1;
  const empty = stdout.split('"results": []').length - 1;
  return documents > 0 && documents === empty ? null : results.join('\n') || output;
}

/** Resolves every parameter and expression of an environment, and compares with what is committed. */
async function snapshot(bicep, name, update) {
  const environment = name.replace('.bicepparam', '').split('.').at(-1);
  const file = path.join(INFRA, 'environments', name);
  const place = ['--subscription-id', NOWHERE, '--tenant-id', NOWHERE, '--resource-group', `sluice-${environment}`];
  const take = (mode) =>
    run(bicep, ['snapshot', file, '--mode', mode, ...place, '--location', 'westeurope', '--deployment-name', 'sluice']);
  const missing = !fs.existsSync(file.replace(/\.bicepparam$/, '.snapshot.json'));
  // Written only where it differs: the compiler orders outputs anew each time.
  let { code, output } = missing ? { code: 1, output: 'There is no snapshot.' } : await take('validate');
  if (update && code !== 0) ({ code, output } = await take('overwrite'));
  if (code === 0 && output.trim() === '') return null;
  return `${output}\nIf the change is meant: npm run infra:check -- --update, and review the snapshot.`;
}

async function format(bicep, work) {
  const copy = path.join(work, 'format');
  fs.cpSync(INFRA, copy, { recursive: true });
  const formatted = ['bicep', 'bicepparam'].map((ending) => ['format', '--pattern', path.join(copy, `**/*.${ending}`)]);
  for (const args of formatted) {
    const { code, output } = await run(bicep, args);
    if (code !== 0) return output;
  }
  const files = fs.readdirSync(INFRA, { recursive: true }).filter((name) => /\.bicep(param)?$/.test(name));
  const wrong = files.filter((name) => read(path.join(INFRA, name)) !== read(path.join(copy, name)));
  return wrong.length === 0 ? null : `Not formatted (bicep format): ${wrong.join(', ')}`;
}

const read = (file) => fs.readFileSync(file, 'utf8');

/** As many at a time as there are processors: the compiler takes one each. */
async function inParallel(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, os.availableParallelism()) }, worker));
}

function run(program, args, output = 'pipe') {
  // Parameter files read the environment of a deployment, which a check must not depend on.
  const names = Object.keys(process.env).filter((name) => !/^(SLUICE_|AZURE_)/.test(name));
  const env = { ...Object.fromEntries(names.map((name) => [name, process.env[name]])), NO_COLOR: '1' };
  const stdio = output === 'pipe' ? ['ignore', 'pipe', 'pipe'] : 'inherit';
  const child = spawn(program, args, { cwd: ROOT, env, stdio });
  let stdout = '';
  let all = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    all += chunk;
  });
  child.stderr?.on('data', (chunk) => (all += chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, stdout, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, output: all }));
  });
}

module.exports = { main, SKIPPED };
