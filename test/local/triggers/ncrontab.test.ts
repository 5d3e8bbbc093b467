import { compileSchedule } from '../../../src/local/triggers/ncrontab';

const FROM = new Date('2024-02-28T23:59:30Z');

function nextTimes(expression: string, timeZone = 'UTC', count = 2): string[] {
  const schedule = compileSchedule(expression, timeZone);
  const times: string[] = [];
  for (let at = schedule.next(FROM); at !== undefined && times.length < count; at = schedule.next(at)) {
    times.push(at.toISOString());
  }
  return times;
}

describe('compileSchedule', () => {
  it.each([
    ['*/20 * * * * *', ['2024-02-28T23:59:40.000Z', '2024-02-29T00:00:00.000Z']],
    ['0 */5 * * * *', ['2024-02-29T00:00:00.000Z', '2024-02-29T00:05:00.000Z']],
    ['*/5 * * * *', ['2024-02-29T00:00:00.000Z', '2024-02-29T00:05:00.000Z']],
    ['0 30 9 * * 1-5', ['2024-02-29T09:30:00.000Z', '2024-03-01T09:30:00.000Z']],
    ['0 0 0 1 Jan *', ['2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']],
    ['0 0 0 29 2 *', ['2024-02-29T00:00:00.000Z', '2028-02-29T00:00:00.000Z']],
    // Day and day of week must both match: Friday the 13th.
    ['0 0 0 13 * Fri', ['2024-09-13T00:00:00.000Z', '2024-12-13T00:00:00.000Z']],
  ])('%p is next due at %p', (expression, times) => {
    expect(nextTimes(expression)).toEqual(times);
  });

  it('counts in the time zone', () => {
    expect(nextTimes('0 0 2 * * *', 'Europe/Zurich', 1)).toEqual(['2024-02-29T01:00:00.000Z']);
  });

  it.each([
    ['* * * * * *', true],
    ['*/30 * * * * *', true],
    ['0 * * * * *', false],
    ['0 0 0 1 1 *', false],
  ])('%p fires more than once a minute: %p', (expression, isFrequent) => {
    expect(compileSchedule(expression, 'UTC').isFrequent).toBe(isFrequent);
  });

  it.each(['', 'daily', '0 0 0 * *  * *', '0 61 * * * *', '0 0 0 L * *', '0 0 0 * * 5#2', '0 0 0 ? * *'])(
    'refuses %p, quoting it',
    (expression) => {
      expect(() => compileSchedule(expression, 'UTC')).toThrow(`"${expression}" is no NCRONTAB schedule`);
    },
  );
});
