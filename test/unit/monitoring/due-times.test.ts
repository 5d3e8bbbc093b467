import { dueBetween, nextDue } from '../../../src/monitoring/due-times';

const ms = (text: string): number => Date.parse(text);
const shown = (due: { at: number }[]): string[] => due.map(({ at }) => new Date(at).toISOString());

test('due times lie on the wall of their time zone, over both changes of the clocks', () => {
  const doneBy = { at: '02:30', timeZone: 'Europe/Berlin' };
  // 02:30 does not exist on 29 March 2026: it is due at the first moment after the gap.
  expect(shown(dueBetween(doneBy, ms('2026-03-27T12:00Z'), ms('2026-03-30T12:00Z')))).toEqual([
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  // 02:30 comes twice on 25 October 2026, and is due once.
  expect(shown(dueBetween(doneBy, ms('2026-10-24T12:00Z'), ms('2026-10-26T12:00Z')))).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('a time is due when it comes, and not twice', () => {
  const doneBy = { at: '06:00', timeZone: 'UTC' };
  expect(shown(dueBetween(doneBy, ms('2026-01-01T05:00Z'), ms('2026-01-01T06:00Z')))).toHaveLength(1);
  expect(dueBetween(doneBy, ms('2026-01-01T06:00Z'), ms('2026-01-01T06:01Z'))).toEqual([]);
  expect(dueBetween(doneBy, ms('2026-01-01T06:00Z'), ms('2026-01-02T05:59:59Z'))).toEqual([]);
});

test('days that are left out are no due times, and the time before is that of the last day', () => {
  const doneBy = { at: '06:00', timeZone: 'UTC', days: ['mon' as const, 'fri' as const] };
  expect(dueBetween(doneBy, ms('2026-01-01T00:00Z'), ms('2026-01-06T00:00Z'))).toEqual([
    { at: ms('2026-01-02T06:00Z'), previous: ms('2025-12-29T06:00Z') },
    { at: ms('2026-01-05T06:00Z'), previous: ms('2026-01-02T06:00Z') },
  ]);
  expect(nextDue(doneBy, ms('2026-01-02T06:00Z'))).toEqual({
    at: ms('2026-01-05T06:00Z'),
    previous: ms('2026-01-02T06:00Z'),
  });
});

test('a long absence is looked back upon for a month', () => {
  const due = dueBetween({ at: '06:00', timeZone: 'UTC' }, 0, ms('2026-01-01T12:00Z'));
  expect(due).toHaveLength(31);
  expect(shown(due).at(-1)).toBe('2026-01-01T06:00:00.000Z');
});
