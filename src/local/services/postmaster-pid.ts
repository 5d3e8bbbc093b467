import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { runsProgram } from './process-command';

/** What a running server writes into `postmaster.pid`: https://www.postgresql.org/docs/18/storage-file-layout.html */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`; empty in a file that is still being written. */
  readonly status: string;
}

/** Reads the lock file of the cluster in `data`; undefined where there is none. */
export async function readPostmasterPid(data: string): Promise<PostmasterPid | undefined> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: lines[7]?.trim() ?? '' };
}

/**
 * The server that holds `data`, or undefined. A lock file left by a killed server is removed where its process id has
 * gone to another program meanwhile: PostgreSQL itself would take that program for the server and refuse to start.
 */
export async function runningPostmaster(data: string): Promise<PostmasterPid | undefined> {
  const found = await readPostmasterPid(data);
  if (found === undefined) return undefined;
  if (await runsProgram(found.pid, 'postgres')) return found;
  await rm(path.join(data, 'postmaster.pid'), { force: true });
  return undefined;
}
