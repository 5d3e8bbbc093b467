import { join } from 'node:path';
import type { EngineObserver } from '../model/engine-observer';
import type { DuckdbSession } from './duckdb-session';
import type { Engine, EngineLimits, EngineSession } from './engine-session';
import { openSession, SPILL_FOLDER } from './open-session';
import { Semaphore } from './semaphore';
import { watchDisk } from './watch-disk';

/**
 * The row engine of this worker process: at most `limits.slots` sessions at once, each with its own instance and folder. An observer is told
 * what each session took.
 */
export function createEngine(limits: EngineLimits, observer?: EngineObserver): Engine {
  const slots = new Semaphore(limits.slots);
  const disk = new Map<string, number>();
  return {
    limits,
    use<T>(work: (session: EngineSession) => Promise<T>, options: { readonly readable?: readonly string[] } = {}) {
      const asked = performance.now();
      return slots.hold(async () => {
        const waitedMs = performance.now() - asked;
        const session = await openSession(limits, options.readable ?? [], observer?.call);
        const unwatch = observer === undefined ? undefined : watch(session, observer, disk, waitedMs);
        try {
          return await work(session);
        } finally {
          await unwatch?.();
          await session.close();
        }
      });
    },
  };
}

function watch(
  { scratchFolder }: DuckdbSession,
  observer: EngineObserver,
  disk: Map<string, number>,
  waitedMs: number,
): () => Promise<void> {
  const tell = (): void => observer.diskUsed([...disk.values()].reduce((sum, bytes) => sum + bytes, 0));
  const watching = watchDisk(scratchFolder, join(scratchFolder, SPILL_FOLDER), (bytes) => {
    disk.set(scratchFolder, bytes);
    tell();
  });
  return async () => {
    observer.sessionEnded({ waitedMs, ...(await watching.stop()) });
    disk.delete(scratchFolder);
    tell();
  };
}
