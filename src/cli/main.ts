import { resolve } from 'node:path';
import { redact } from '../observability/redact';
import { runCli } from './run-cli';

/** The `sluice` command: bin/sluice.cjs requires this file on a recent enough Node.js. */
async function main(): Promise<void> {
  process.exitCode = await runCli({
    args: process.argv.slice(2),
    env: process.env,
    workingFolder: process.cwd(),
    appFolder: resolve(__dirname, '..', '..'),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ...(process.stderr.isTTY && { terminal: { isTTY: true, columns: process.stderr.columns } }),
  });
}

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

main().catch((error: unknown) => {
  process.stderr.write(`sluice: ${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  process.exitCode = 1;
});
