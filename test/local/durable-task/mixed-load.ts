import { setTimeout as sleep } from 'node:timers/promises';
import type { HostProcess } from '../host/host-process';
import { DurableTestClient } from './durable-client';

/** What a load under kills is made of. */
export interface MixedLoadOptions {
  /** Starts the host again on the same data. */
  readonly startHost: () => Promise<HostProcess>;
  /** How often the host is killed. */
  readonly kills: number;
  /** Runs of the orchestrator `mixed`, started over the whole time. */
  readonly runs: number;
  /** Seed of the random waits; printed by a test that fails. */
  readonly seed: number;
  /** Longest time between two kills, in ms. */
  readonly longest: number;
}

/** What became of it. */
export interface MixedLoadResult {
  /** Final state of each run: `Completed`, or what else it is. */
  readonly states: readonly string[];
  /** What each run said, from the event that it waited for. */
  readonly said: readonly unknown[];
  /** The counter that every run adds one to. */
  readonly total: unknown;
  readonly kills: number;
}

const KEY = 'shared';

/**
 * Starts runs with activities, timers, children, events and entity calls, and kills the host with SIGKILL at random
 * points. What was not acknowledged is sent again, as any client would.
 */
export async function runMixedLoad(options: MixedLoadOptions): Promise<MixedLoadResult> {
  const random = mulberry32(options.seed);
  let host = await options.startHost();
  const client = new DurableTestClient(() => host.baseUrl);
  const ids = Array.from({ length: options.runs }, (_, n) => `mixed-${n}`);
  const total = options.kills * options.longest * 0.6;
  let over = false;

  const each = async (id: string, n: number): Promise<void> => {
    await sleep((total * n) / ids.length);
    await insist(async () => (await client.start('mixed', id, KEY)).status, [202, 409]);
    await sleep(random() * 400);
    await insist(async () => (await client.raise(id, 'go', id)).status, [202, 410]);
  };
  const killer = async (): Promise<void> => {
    for (let kill = 0; kill < options.kills; kill += 1) {
      await sleep(random() * options.longest);
      await host.end('SIGKILL');
      host = await options.startHost();
    }
    over = true;
  };
  await Promise.all([killer(), ...ids.map(each)]);
  if (!over) throw new Error('The kills are not over.');
  const ends = await Promise.all(ids.map((id) => client.until(id)));
  const counter = await client.call('GET', `entities/counter/${KEY}`);
  await host.end();
  return {
    states: ends.map(({ runtimeStatus }) => runtimeStatus),
    said: ends.map(({ output }) => (output as { said?: unknown } | null)?.said),
    total: counter.json,
    kills: options.kills,
  };
}

/** Repeats a request until it is answered by one of the statuses; a host that is away is tried again. */
async function insist(request: () => Promise<number>, statuses: readonly number[]): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    const status = await request().catch(() => 0);
    if (statuses.includes(status)) return;
    if (status !== 0 && status < 500) throw new Error(`The host answered ${status}.`);
  }
  throw new Error('The host did not come back.');
}

/** A small generator of pseudo-random numbers from 0 to 1, so that a failure can be played again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
