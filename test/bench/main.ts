import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { endTestRun } from '../support/jest-global-teardown';
import { TEST_RUN_FOLDER } from '../support/shared-service';
import { renderSection, type BenchSection } from './bench-section';

/**
 * `npm run bench [name ...]`: runs the benchmarks of this folder one after another and, when all of them ran, writes
 * `docs/benchmarks.md`. Every figure that says "fast" is a ratio between two measurements of the same run.
 */
async function main(names: readonly string[]): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `sluice-test-${process.pid}-`));
  const { chmod } = await import('node:fs/promises');
  await chmod(folder, 0o711);
  process.env[TEST_RUN_FOLDER] = folder;
  const files = (await readdir(__dirname)).filter((file) => file.endsWith('.bench.ts')).sort();
  const chosen = files.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
  const sections: string[] = [];
  try {
    for (const file of chosen) {
      process.stdout.write(`${file} ...\n`);
      const { run } = (await import(path.join(__dirname, file))) as { run: () => Promise<BenchSection> };
      const text = renderSection(await run());
      process.stdout.write(`\n${text}\n`);
      sections.push(text);
    }
  } finally {
    await endTestRun(folder);
  }
  if (names.length > 0) return;
  const [cpu] = os.cpus();
  const machine = `${os.cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
  const head = `# Benchmarks\n\nWritten by \`npm run bench\`. Machine: ${machine}. The machine is shared and noisy: read the ratios, not the seconds.\n`;
  await writeFile(path.join(__dirname, '../../docs/benchmarks.md'), `${head}\n${sections.join('\n')}`);
}

void main(process.argv.slice(2));
