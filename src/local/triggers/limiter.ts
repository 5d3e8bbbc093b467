/** Runs at most `limit` of the tasks given to it at the same time, in the order in which they came. */
export function createLimiter(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let active = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (active >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else active += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place goes to the next in line without becoming free in between.
      if (next === undefined) active -= 1;
      else next();
    }
  };
}
