/** Where the time comes from, so that tests can say what time it is. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** ISO 8601, UTC. */
  now(): string;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  now: () => new Date().toISOString(),
};

/** A clock that stands still at a time until it is set to another; for tests. */
export function fixedClock(at: string): Clock & { set(at: string): void } {
  let time = new Date(at);
  return {
    nowMs: () => time.getTime(),
    now: () => time.toISOString(),
    set: (next) => {
      time = new Date(next);
    },
  };
}
