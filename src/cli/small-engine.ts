import { availableParallelism, tmpdir } from 'node:os';
import { createEngine } from '../engine/create-engine';
import type { Engine } from '../engine/engine-session';

/** An engine for looking at the rows of a new source. */
export function profileEngine(): Engine {
  return createEngine({
    memoryLimitBytes: 1024 ** 3,
    tempLimitBytes: 20 * 1024 ** 3,
    threads: Math.max(1, availableParallelism()),
    slots: 1,
    tempFolder: tmpdir(),
  });
}

/** An engine for looking at expressions, headers and examples: no rows to speak of. */
export function smallEngine(): Engine {
  return createEngine({
    memoryLimitBytes: 512 * 1024 ** 2,
    tempLimitBytes: 512 * 1024 ** 2,
    threads: 2,
    slots: 1,
    tempFolder: tmpdir(),
  });
}
