import type { Engine, EngineLimits, EngineSession } from './engine-session';
import { openSession } from './open-session';
import { Semaphore } from './semaphore';

/** The row engine of this worker process: at most `limits.slots` sessions at once, each with its own instance and folder. */
export function createEngine(limits: EngineLimits): Engine {
  const slots = new Semaphore(limits.slots);
  return {
    limits,
    use<T>(work: (session: EngineSession) => Promise<T>, options: { readonly readable?: readonly string[] } = {}) {
      return slots.hold(async () => {
        const session = await openSession(limits, options.readable ?? []);
        try {
          return await work(session);
        } finally {
          await session.close();
        }
      });
    },
  };
}
