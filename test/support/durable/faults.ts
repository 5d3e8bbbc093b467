import { access, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to an activity of a pipeline; `file` names the fault inside its folder. */
export interface Fault {
  readonly activity: string;
  readonly pipeline: string;
  readonly when: 'before' | 'after';
  readonly do: 'kill' | 'wait';
  readonly file: string;
}

/** Faults for a host under test: the environment that plants them, and a hand on each. */
export interface PlantedFaults {
  readonly env: Readonly<Record<string, string>>;
  /** Waits until a `kill` has happened. */
  happened(file: string): Promise<void>;
  /** Lets go of what a `wait` holds. */
  release(file: string): Promise<void>;
}

export async function plantFaults(faults: readonly Fault[]): Promise<PlantedFaults> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-faults-'));
  const placed = faults.map((fault) => ({ ...fault, file: path.join(folder, fault.file) }));
  const preload = path.join(__dirname, 'activity-faults.cjs');
  return {
    env: { NODE_OPTIONS: `--require "${preload}"`, SLUICE_FAULTS: JSON.stringify(placed) },
    happened: async (file) => {
      for (let tries = 0; tries < 1_200; tries++, await sleep(50)) {
        const there = await access(path.join(folder, file)).then(
          () => true,
          () => false,
        );
        if (there) return;
      }
      throw new Error(`The fault ${file} did not happen.`);
    },
    release: (file) => writeFile(path.join(folder, file), ''),
  };
}
