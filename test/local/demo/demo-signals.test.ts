import { spawn } from 'node:child_process';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../../..');

describe('endOnSignals', () => {
  it('asks to end once, whoever passes the same Ctrl-C on again', async () => {
    const script = `
      const { endOnSignals } = require('./src/local/demo/demo-signals.ts');
      const end = endOnSignals(() => console.log('stopping'));
      const keep = setInterval(() => {}, 1000);
      end.signal.addEventListener('abort', () => setTimeout(() => {
        clearInterval(keep);
        console.log('stopped');
        process.exitCode = end.exitCode();
      }, 100));
      console.log('ready');`;
    const child = spawn(process.execPath, ['-r', './scripts/typescript-hook.cjs', '-e', script], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (chunk.includes('ready') || chunk.includes('stopping')) child.kill('SIGINT');
    });
    expect(await ended).toBe(130);
    expect(output).toBe('ready\nstopping\nstopped\n');
  });
});
