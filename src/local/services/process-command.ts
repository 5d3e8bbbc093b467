import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Whether process `pid` runs. One that has ended but that nobody has waited for (a zombie, such as an orphan in a
 * container whose first process does not look after them) does not.
 */
export function isRunning(pid: number): boolean {
  if (process.platform === 'linux') {
    // The state follows the name, which stands in brackets and may hold brackets: proc_pid_stat(5).
    const state = / ([A-Z]) /.exec(readProc(pid, 'stat').replace(/^.*\)/s, ''))?.[1];
    return state !== undefined && state !== 'Z' && state !== 'X';
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether process `pid` runs and its command line names `text`. False where the system does not say, so that a process
 * is never taken for ours by its id alone.
 */
export async function runsProgram(pid: number, text: string): Promise<boolean> {
  return isRunning(pid) && (await commandOf(pid)).includes(text);
}

async function commandOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return readProc(pid, 'cmdline').replaceAll('\0', ' ');
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
      return (await promisify(execFile)('powershell', ['-NoProfile', '-Command', query])).stdout;
    }
    return (await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
