import { createLimiter } from '../../../src/local/triggers/limiter';

describe('createLimiter', () => {
  it('runs no more than its limit at a time, in order, and all in the end', async () => {
    const limit = createLimiter(2);
    const log: string[] = [];
    let active = 0;
    let most = 0;
    const task = (name: string) => async () => {
      most = Math.max(most, (active += 1));
      log.push(name);
      await new Promise(setImmediate);
      active -= 1;
      if (name === 'b') throw new Error(name);
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((name) => limit(task(name))));
    expect(most).toBe(2);
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
