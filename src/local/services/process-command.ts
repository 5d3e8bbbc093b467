import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Whether the command line of process `pid` names `text`. False where the system does not say, so that a process is
 * never taken for ours by its id alone.
 */
export async function runsProgram(pid: number, text: string): Promise<boolean> {
  return (await commandOf(pid)).includes(text);
}

async function commandOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
      return (await promisify(execFile)('powershell', ['-NoProfile', '-Command', query])).stdout;
    }
    return (await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}
