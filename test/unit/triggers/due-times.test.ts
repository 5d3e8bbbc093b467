import { dueTimes } from '../../../src/triggers/schedule/due-times';

const DAILY = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', missed: 'all' } as const;
const HOURLY = { cron: '15 * * * *', timeZone: 'Europe/Berlin', missed: 'all' } as const;
const UTC = { cron: '0 2 * * *', timeZone: 'UTC', missed: 'last' } as const;

/** Ticks every minute from one time to another, as the timer does, and gives every start. */
function tickThrough(schedule: Parameters<typeof dueTimes>[0], from: string, to: string): string[] {
  const starts: string[] = [];
  let cursor = from;
  for (let now = Date.parse(from); now <= Date.parse(to); now += 60_000) {
    const due = dueTimes(schedule, cursor, new Date(now).toISOString());
    starts.push(...due.starts);
    cursor = due.cursor ?? cursor;
  }
  return starts;
}

test('nothing is due between two due times, and the cursor stays', () => {
  expect(dueTimes(UTC, '2026-01-01T02:00:00.000Z', '2026-01-02T01:59:59.999Z')).toEqual({ starts: [], cursor: null });
});

test('a time is due from its very moment on, and once', () => {
  const at = '2026-01-02T02:00:00.000Z';
  expect(dueTimes(UTC, '2026-01-01T02:00:00.000Z', at)).toEqual({ starts: [at], cursor: at });
  expect(dueTimes(UTC, at, at)).toEqual({ starts: [], cursor: null });
  expect(dueTimes(UTC, '2026-01-01T02:00:00.000Z', '2026-01-02T02:00:41.300Z')).toEqual({ starts: [at], cursor: at });
});

test.each([
  ['all', ['2026-01-02T02:00:00.000Z', '2026-01-03T02:00:00.000Z', '2026-01-04T02:00:00.000Z']],
  ['last', ['2026-01-04T02:00:00.000Z']],
  ['none', []],
] as const)('of missed times %s starts %j, and the cursor passes all of them', (missed, starts) => {
  const due = dueTimes({ ...UTC, missed }, '2026-01-01T02:00:00.000Z', '2026-01-04T09:00:00.000Z');
  expect(due).toEqual({ starts, cursor: '2026-01-04T02:00:00.000Z' });
});

test('a missed time is superseded by one on time, unless all are wanted', () => {
  const [cursor, now] = ['2026-01-01T02:00:00.000Z', '2026-01-03T02:00:30.000Z'];
  const onTime = '2026-01-03T02:00:00.000Z';
  expect(dueTimes({ ...UTC, missed: 'last' }, cursor, now).starts).toEqual([onTime]);
  expect(dueTimes({ ...UTC, missed: 'none' }, cursor, now).starts).toEqual([onTime]);
  expect(dueTimes({ ...UTC, missed: 'all' }, cursor, now).starts).toEqual(['2026-01-02T02:00:00.000Z', onTime]);
});

test('makes up for 24 missed times at most, the newest, after however long', () => {
  const schedule = { cron: '* * * * *', timeZone: 'UTC', missed: 'all' } as const;
  const { starts, cursor } = dueTimes(schedule, '2020-01-01T00:00:00.000Z', '2026-01-01T00:00:30.000Z');
  // 24 missed, and two on time.
  expect(starts).toHaveLength(26);
  expect(starts[0]).toBe('2025-12-31T23:35:00.000Z');
  expect(cursor).toBe('2026-01-01T00:00:00.000Z');
});

test('no due time within two minutes is lost, whatever is missed', () => {
  const every = { cron: '* * * * *', timeZone: 'UTC', missed: 'none' } as const;
  const { starts } = dueTimes(every, '2026-01-01T00:00:00.000Z', '2026-01-01T00:02:30.000Z');
  expect(starts).toEqual(['2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z']);
});

describe('when clocks go forward (Berlin, 29 March 2026, 02:00 becomes 03:00)', () => {
  const [from, to] = ['2026-03-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z'];
  test('a fixed time in the hour that is left out is due right after it', () => {
    expect(tickThrough(DAILY, from, to)).toEqual(['2026-03-29T01:00:00.000Z']);
  });
  test('so is one in a list of hours', () => {
    expect(tickThrough({ ...DAILY, cron: '30 1,2 * * *' }, from, to)).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
    ]);
  });
  test('an hourly schedule goes on every hour', () => {
    expect(tickThrough(HOURLY, '2026-03-28T23:30:00.000Z', '2026-03-29T03:00:00.000Z')).toEqual([
      '2026-03-29T00:15:00.000Z',
      '2026-03-29T01:15:00.000Z',
      '2026-03-29T02:15:00.000Z',
    ]);
  });
});

describe('when clocks go back (Berlin, 25 October 2026, 03:00 becomes 02:00)', () => {
  const [from, to] = ['2026-10-24T12:00:00.000Z', '2026-10-25T12:00:00.000Z'];
  test('a fixed time in the hour that comes twice is due once', () => {
    expect(tickThrough(DAILY, from, to)).toEqual(['2026-10-25T00:30:00.000Z']);
  });
  test('so is one in a list of hours', () => {
    expect(tickThrough({ ...DAILY, cron: '30 1,2 * * *' }, from, to)).toEqual([
      '2026-10-24T23:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
    ]);
  });
  test('an hourly schedule is due in both', () => {
    expect(tickThrough(HOURLY, '2026-10-24T23:30:00.000Z', '2026-10-25T02:30:00.000Z')).toEqual([
      '2026-10-25T00:15:00.000Z',
      '2026-10-25T01:15:00.000Z',
      '2026-10-25T02:15:00.000Z',
    ]);
  });
});

test('the same over both changes on the other side of the equator and of the date line', () => {
  const sydney = { cron: '30 2 * * *', timeZone: 'Australia/Sydney', missed: 'all' } as const;
  // 5 April 2026: 03:00 becomes 02:00; 4 October 2026: 02:00 becomes 03:00.
  expect(tickThrough(sydney, '2026-04-04T00:00:00.000Z', '2026-04-05T00:00:00.000Z')).toEqual([
    '2026-04-04T15:30:00.000Z',
  ]);
  expect(tickThrough(sydney, '2026-10-03T00:00:00.000Z', '2026-10-04T00:00:00.000Z')).toEqual([
    '2026-10-03T16:00:00.000Z',
  ]);
});

test('an absence over a change of clocks misses no day and doubles none', () => {
  const due = dueTimes(DAILY, '2026-10-23T12:00:00.000Z', '2026-10-26T12:00:00.000Z');
  expect(due.starts).toEqual(['2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
});
