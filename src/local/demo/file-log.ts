import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { HostLog } from '../host/host-log';

/** A host log in a file, so that the console stays with what the user asked for. */
export interface FileLog {
  readonly write: HostLog;
  readonly close: () => Promise<void>;
}

/** Opens the log anew: it tells of one start only. */
export async function fileLog(file: string): Promise<FileLog> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, 'w', 0o600);
  const stream = handle.createWriteStream();
  return {
    write: (level, category, message) => {
      // Polling the run would fill it otherwise.
      if (level === 'trace' || level === 'debug') return;
      stream.write(`${new Date().toISOString()} ${level.padEnd(11)} ${category}: ${message}\n`);
    },
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
