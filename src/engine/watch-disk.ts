import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const EVERY_MS = 500;

/** The most that was seen in a folder, in bytes. */
export interface DiskSeen {
  readonly diskBytes: number;
  readonly spillBytes: number;
}

/** Looks how much a scratch folder holds, until told to stop: it is emptied as its session closes, and spill goes before that. */
export function watchDisk(
  folder: string,
  spillFolder: string,
  seen: (bytes: number) => void,
): { stop(): Promise<DiskSeen> } {
  let diskBytes = 0;
  let spillBytes = 0;
  const look = async (): Promise<void> => {
    const spill = await bytesIn(spillFolder);
    const all = spill + (await bytesIn(folder, spillFolder));
    diskBytes = Math.max(diskBytes, all);
    spillBytes = Math.max(spillBytes, spill);
    seen(all);
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await look();
      return { diskBytes, spillBytes };
    },
  };
}

/** Files that vanish while they are counted held nothing. */
async function bytesIn(folder: string, without?: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (path === without) return 0;
      if (entry.isDirectory()) return bytesIn(path);
      return stat(path).then(
        ({ size }) => size,
        () => 0,
      );
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
