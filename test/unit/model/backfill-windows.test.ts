import { backfillWindows } from '../../../src/model/backfill-windows';

describe('backfillWindows', () => {
  test('windows touch, and the last one ends where the span does', () => {
    expect(backfillWindows({ from: 0, to: '25', window: 10 })).toEqual([
      { from: '0', to: '10' },
      { from: '10', to: '20' },
      { from: '20', to: '25' },
    ]);
  });

  test('numbers beyond what a double holds stay exact', () => {
    const [first] = backfillWindows({ from: '9007199254740993', to: '9007199254740994', window: '5' });
    expect(first).toEqual({ from: '9007199254740993', to: '9007199254740994' });
  });

  test.each([
    ['dates', '2024-02-28', '2024-03-01', '1d', ['2024-02-28', '2024-02-29'], '2024-03-01'],
    [
      'times without a zone',
      '2024-03-31T00:00',
      '2024-03-31T02:00',
      '1h',
      ['2024-03-31T00:00:00.000', '2024-03-31T01:00:00.000'],
      '2024-03-31T02:00:00.000',
    ],
    [
      'times with a zone, as UTC',
      '2024-03-31T01:00+01:00',
      '2024-03-31T01:00Z',
      '30m',
      ['2024-03-31T00:00:00.000Z', '2024-03-31T00:30:00.000Z'],
      '2024-03-31T01:00:00.000Z',
    ],
  ])('%s keep their form', (_, from, to, window, starts, end) => {
    const windows = backfillWindows({ from, to, window });
    expect(windows.map((one) => one.from)).toEqual(starts);
    expect(windows.at(-1)?.to).toBe(end);
  });

  test.each([
    ['2024-02-30', '2024-03-02', '1d', /2024-02-30/],
    ['2024-01-01', 7, '1d', /a date and to is a number/],
    ['2024-01-01', '2024-01-02T00:00Z', '1d', /same way/],
    ['2024-01-02', '2024-01-02', '1d', /not before/],
    ['2024-01-01', '2024-01-03', '12h', /whole number of days/],
    ['2024-01-01', '2030-01-01', '1d', /at most 1000/],
    [1, 5, '1d', /whole number above 0/],
    [1, 5, 0, /above 0/],
    ['2024-01-01', '2024-01-02', '0d', /no length/],
    ['2024-01-01', '2024-01-02', '5', /duration/],
  ])('%s to %s by %s is refused', (from, to, window, message) => {
    expect(() => backfillWindows({ from, to, window })).toThrow(message);
  });
});
