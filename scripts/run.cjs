'use strict';
/*
 * `node scripts/run.cjs <task> [arguments]`: what every npm script calls, so that each works on its first call in a fresh
 * clone, also on an older Node.js.
 */
const path = require('node:path');
const { bootstrap, ROOT } = require('../bin/bootstrap.cjs');

const TOOL = (name, file) => path.join(ROOT, 'node_modules', name, file);
const ESLINT = [TOOL('eslint', 'bin/eslint.js'), '.'];
const DEPCRUISE = [
  TOOL('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
  '--config',
  '.dependency-cruiser.cjs',
  'src',
];
const TYPESCRIPT = ['-r', './scripts/typescript-hook.cjs'];
const TASKS = {
  build: { main: () => process.exit(require('./build.cjs').build() ? 0 : 1) },
  test: { main: () => require('./test.cjs').main(process.argv.slice(3)) },
  typecheck: { main: () => runTool([TOOL('typescript-7', 'bin/tsc'), '-p', 'tsconfig.json']) },
  lint: { main: () => runTool(ESLINT) },
  format: { main: () => runTool([TOOL('prettier', 'bin/prettier.cjs'), '--write', '.']) },
  deps: { main: () => runTool([...DEPCRUISE]) },
  'infra:check': { main: () => require('./infra/check.cjs').main(process.argv.slice(3)) },
  package: { build: true, main: () => require('./package/package.cjs').main(process.argv.slice(3)) },
  schema: { build: true, main: () => runTool([path.join(ROOT, 'dist/config/schema/write-schema.js')]) },
  metrics: {
    build: true,
    main: () => runTool([path.join(ROOT, 'dist/observability/metrics/write-catalogue.js')]),
  },
  demo: { build: true, main: () => require('../dist/local/demo/demo-command.js') },
  start: { build: true, main: () => require('../dist/local/demo/start-command.js') },
  reset: { build: true, main: () => require('../dist/local/demo/reset-command.js') },
  bench: { build: true, main: () => runTool([...TYPESCRIPT, 'test/bench/main.ts']) },
  'bench:full': { build: true, main: () => runTool([...TYPESCRIPT, 'test/bench/main.ts', '--full']) },
  fuzz: { main: () => require('./fuzz.cjs').main(process.argv.slice(3)) },
  load: { build: true, main: () => runTool([...TYPESCRIPT, 'test/load/main.ts']) },
  faults: { build: true, main: () => runTool([...TYPESCRIPT, 'test/faults/main.ts']) },
};

const task = TASKS[process.argv[2]];
if (task === undefined) {
  process.stderr.write(`Unknown task ${process.argv[2]}. Tasks: ${Object.keys(TASKS).join(', ')}\n`);
  process.exit(2);
}
bootstrap({ build: task.build === true, main: task.main });

/** Runs a tool of node_modules with the rest of this command's arguments and ends with its exit code. */
function runTool(command) {
  const { spawn } = require('node:child_process');
  const tool = spawn(process.execPath, [...command, ...process.argv.slice(3)], { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tool.kill(signal));
  tool.on('exit', (code) => process.exit(code ?? 1));
}
