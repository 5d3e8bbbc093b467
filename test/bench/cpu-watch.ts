import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { testStorage } from '../support/azurite';
import { testServer } from '../support/postgres';

/**
 * Begins to watch the processor time of the database and the storage of this run; what it gives tells, in seconds, how much they used since.
 * Another process is watched with them when its id is given. Linux alone tells it.
 */
export async function watchCpu(pid?: number): Promise<() => Promise<number>> {
  const services = [(await testServer()).pid, (await testStorage()).pid, ...(pid === undefined ? [] : [pid])];
  const sum = async (): Promise<number> => {
    const each = await Promise.all(services.map((one) => cpuSecondsOf(one)));
    return each.reduce((total, seconds) => total + seconds, 0);
  };
  const before = await sum();
  return async () => (await sum()) - before;
}

/** Of a process and of its children that have ended: each connection to PostgreSQL is a child. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // utime, stime, cutime and cstime: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const ticks = fields.slice(11, 15).reduce((total, value) => total + value, 0);
  return ticks / ticksPerSecond();
}

function ticksPerSecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK']).toString());
}
