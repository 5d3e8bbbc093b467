import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { endTestRun } from '../support/jest-global-teardown';
import { TEST_RUN_FOLDER } from '../support/shared-service';
import { renderSection, type BenchOptions, type BenchSection } from './bench-section';

const HELP = `Measures, and writes the sections that it measured into docs/benchmarks.md.

Usage: npm run bench [-- [name ...] [options]]      npm run bench:full

  name ...              Only benchmarks whose file holds one of these, such as orders or cold-start
  --full                All of them, and the long sizes
  --millions <n,n>      Sizes of the job of orders, in millions of rows
  --dry-run             Print, and write nothing
  --help                Show this
`;
/** What `npm run bench` measures; the others are long, or parts of these. */
const USUAL = ['orders', 'orchestration', 'cold-start'];
const DOCUMENT = path.join(__dirname, '../../docs/benchmarks.md');

/** `npm run bench`: every figure that says "fast" is a ratio between two measurements of the same run. */
async function main(): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      full: { type: 'boolean', default: false },
      millions: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const options: BenchOptions = {
    full: values.full,
    ...(values.millions !== undefined && { millions: values.millions.split(',').map(Number) }),
  };
  const folder = await mkdtemp(path.join(os.tmpdir(), `sluice-test-${process.pid}-`));
  await chmod(folder, 0o711);
  process.env[TEST_RUN_FOLDER] = folder;
  const files = (await readdir(__dirname)).filter((file) => file.endsWith('.bench.ts')).sort();
  const wanted = names.length > 0 ? names : values.full ? [''] : USUAL;
  try {
    for (const file of files.filter((one) => wanted.some((name) => one.includes(name)))) {
      process.stdout.write(`${file} ...\n`);
      const { run } = (await import(path.join(__dirname, file))) as {
        run: (options: BenchOptions) => Promise<BenchSection>;
      };
      const name = file.replace('.bench.ts', '');
      const partial = values['dry-run'] ? {} : { partial: (section: BenchSection) => keep(name, section) };
      const section = await run({ ...options, ...partial });
      process.stdout.write(`\n${renderSection(section)}\n`);
      if (!values['dry-run']) await keep(name, section);
    }
  } finally {
    await endTestRun(folder);
  }
}

/** Puts a section in place of the one of that name, or at the end. */
async function keep(name: string, section: BenchSection): Promise<void> {
  for (const { file, svg } of section.plots ?? []) {
    await mkdir(path.join(path.dirname(DOCUMENT), 'benchmarks'), { recursive: true });
    await writeFile(path.join(path.dirname(DOCUMENT), 'benchmarks', file), svg);
  }
  const [cpu] = os.cpus();
  const machine = `${os.cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end of ${name} -->`];
  const text = [
    begin,
    '',
    renderSection(section),
    `Measured on ${machine}, ${new Date().toISOString().slice(0, 10)}.`,
    '',
    end,
  ].join('\n');
  const before = await readFile(DOCUMENT, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  const after =
    from < 0 ? `${before.trimEnd()}\n\n${text}\n` : `${before.slice(0, from)}${text}${before.slice(to + end.length)}`;
  await writeFile(DOCUMENT, await format(after, { parser: 'markdown', printWidth: 120, singleQuote: true }));
}

void main();
