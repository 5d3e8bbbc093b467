import { tmpdir } from 'node:os';
import { createEngine } from '../../../../src/engine/create-engine';
import type { Engine } from '../../../../src/engine/engine-session';

/** A small engine for checks that read no data. */
export function testEngine(): Engine {
  const bytes = 256 * 1024 ** 2;
  return createEngine({ memoryLimitBytes: bytes, tempLimitBytes: bytes, threads: 1, slots: 1, tempFolder: tmpdir() });
}
