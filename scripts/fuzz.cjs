'use strict';
/*
 * `npm run fuzz [-- --times <n>] [--seed <n>]`: the fuzzers of the tests (YAML, expressions, files, the API), with a new seed and more rounds. It
 * prints both numbers; the same ones do the same again.
 */
const { spawn } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT } = require('../bin/bootstrap.cjs');

const FUZZERS = ['test/fuzz', 'test/unit/engine/fuzz-expression', 'test/unit/config/mangled-yaml'];

function main(args) {
  const { values } = parseArgs({
    args,
    options: { times: { type: 'string', default: '20' }, seed: { type: 'string' } },
  });
  const seed = values.seed ?? String(Date.now() % 1_000_000_000);
  process.stdout.write(`npm run fuzz -- --seed ${seed} --times ${values.times}\n`);
  const timeout = String(180_000 * Number(values.times));
  const jest = [path.join(ROOT, 'node_modules/jest/bin/jest.js'), ...FUZZERS, '--testTimeout', timeout];
  const env = { ...process.env, SLUICE_FUZZ_SEED: seed, SLUICE_FUZZ_TIMES: values.times };
  const child = spawn(process.execPath, jest, { cwd: ROOT, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}

module.exports = { main };
