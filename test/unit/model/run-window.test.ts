import fc from 'fast-check';
import { windowAt, type RunWindow } from '../../../src/model/run-window';

const at = (text: string): number => Date.parse(text);
const night: RunWindow = { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' };
const shown = (window: RunWindow, text: string): string => {
  const { open, until } = windowAt(window, at(text));
  return `${open ? 'open' : 'closed'} until ${new Date(until).toISOString()}`;
};

test.each([
  ['2026-01-10T20:59:59.999Z', 'closed until 2026-01-10T21:00:00.000Z'],
  ['2026-01-10T21:00:00.000Z', 'open until 2026-01-11T05:00:00.000Z'],
  ['2026-01-11T04:59:59.999Z', 'open until 2026-01-11T05:00:00.000Z'],
  ['2026-01-11T05:00:00.000Z', 'closed until 2026-01-11T21:00:00.000Z'],
])('a window over midnight at %s is %s', (now, expected) => {
  expect(shown(night, now)).toBe(expected);
});

test('days are those on which it opens', () => {
  const weekdays: RunWindow = { ...night, days: ['fri'] };
  // 2026-01-09 is a Friday.
  expect(shown(weekdays, '2026-01-10T04:00:00Z')).toBe('open until 2026-01-10T05:00:00.000Z');
  expect(shown(weekdays, '2026-01-10T22:00:00Z')).toBe('closed until 2026-01-16T21:00:00.000Z');
});

test('clocks put forward and back: the window keeps to the clock', () => {
  expect(shown(night, '2026-03-28T22:00:00Z')).toBe('open until 2026-03-29T04:00:00.000Z');
  expect(shown(night, '2026-10-24T21:00:00Z')).toBe('open until 2026-10-25T05:00:00.000Z');
});

test('a beginning that is left out is the first moment after', () => {
  const window: RunWindow = { from: '02:30', to: '05:00', timeZone: 'Europe/Berlin' };
  expect(shown(window, '2026-03-29T00:00:00Z')).toBe('closed until 2026-03-29T01:00:00.000Z');
  expect(shown(window, '2026-03-29T01:00:00Z')).toBe('open until 2026-03-29T03:00:00.000Z');
});

test('a window in an hour that is left out comes right after it', () => {
  const window: RunWindow = { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' };
  expect(shown(window, '2026-03-29T01:00:00Z')).toBe('open until 2026-03-29T02:00:00.000Z');
});

test('an end that comes twice is the second', () => {
  const window: RunWindow = { from: '01:00', to: '02:30', timeZone: 'Europe/Berlin' };
  expect(shown(window, '2026-10-25T00:00:00Z')).toBe('open until 2026-10-25T01:30:00.000Z');
});

test('an unusual change: half an hour on Lord Howe Island', () => {
  const window: RunWindow = { from: '02:00', to: '02:20', timeZone: 'Australia/Lord_Howe' };
  // 2026-10-04 02:00 becomes 02:30 there.
  expect(shown(window, '2026-10-03T15:30:00Z')).toBe('open until 2026-10-03T15:50:00.000Z');
});

test('is never closed for longer than to its next day, nor open for longer than a day and an hour; states follow on each other', () => {
  const two = (most: number) => fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'));
  const time = fc.tuple(two(23), two(59)).map(([hour, minute]) => `${hour}:${minute}`);
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia');
  const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, { minLength: 1 });
  fc.assert(
    fc.property(
      time,
      time,
      zone,
      days,
      fc.integer({ min: at('2024-01-01'), max: at('2028-01-01') }),
      (from, to, timeZone, of, now) => {
        fc.pre(from !== to);
        const window: RunWindow = { from, to, timeZone, days: of };
        const state = windowAt(window, now);
        expect(state.until).toBeGreaterThan(now);
        expect(state.until - now).toBeLessThanOrEqual((state.open ? 25 : 8 * 24) * 3_600_000);
        // Nothing changes before, and what is said changes then.
        expect(windowAt(window, state.until - 1)).toEqual(state);
        if (!state.open) expect(windowAt(window, state.until).open).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
