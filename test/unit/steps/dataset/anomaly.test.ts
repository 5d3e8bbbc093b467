import fc from 'fast-check';
import { judgeAnomaly, medianOf, type AnomalyQuestion } from '../../../../src/steps/dataset/anomaly';

const DAY_MS = 86_400_000;
/** 2026-01-05 is a Monday. */
const MONDAY = Date.parse('2026-01-05T02:00:00.000Z');
const atDay = (day: number): string => new Date(MONDAY + day * DAY_MS).toISOString();
const daily = (values: readonly number[]) => values.map((value, day) => ({ at: atDay(day), value }));

function ask(value: number, values: readonly number[], more: Partial<AnomalyQuestion> = {}) {
  return judgeAnomaly({
    value,
    at: atDay(values.length),
    history: daily(values),
    timeZone: 'UTC',
    sensitivity: 3.5,
    minPoints: 7,
    relativeFloor: 0.05,
    ...more,
  });
}

describe('the median', () => {
  test.each([
    [[3], 3],
    [[4, 1], 2.5],
    [[9, 1, 5], 5],
    [[Number.MAX_VALUE, Number.MAX_VALUE], Number.MAX_VALUE],
    [[10, 9, 2, 1], 5.5],
  ])('of %j is %d', (values, median) => expect(medianOf(values)).toBe(median));

  test('of nothing is no number', () => expect(medianOf([])).toBeNaN());
});

describe('the verdict', () => {
  test('learns until there are seven points, whatever the value', () => {
    expect(ask(1e9, [1, 2, 3, 4, 5, 6])).toEqual({
      status: 'learning',
      value: 1e9,
      points: 6,
      weekday: null,
      median: null,
      mad: null,
      score: null,
      lower: null,
      upper: null,
    });
    expect(ask(1e9, [1, 2, 3, 4, 5, 6, 7]).status).toBe('anomalous');
    expect(ask(1e9, [1, 2, 3, 4, 5, 6, 7], { minPoints: 8 }).status).toBe('learning');
  });

  test('names median, MAD, score and bounds', () => {
    const answer = ask(200, [100, 102, 98, 101, 99, 103, 97]);
    expect(answer).toMatchObject({ status: 'anomalous', median: 100, mad: 2, points: 7, weekday: null });
    expect(answer.score).toBeCloseTo((0.6745 * 100) / 2, 9);
    expect(answer.upper).toBeCloseTo(100 + (3.5 * 2) / 0.6745, 9);
    expect(answer.lower).toBeCloseTo(100 - (3.5 * 2) / 0.6745, 9);
  });

  test('where the MAD is 0, a share of the median is allowed, its edges included', () => {
    const same = [100, 100, 100, 100, 100, 100, 100];
    expect(ask(105, same)).toMatchObject({ status: 'normal', mad: 0, score: null, lower: 95, upper: 105 });
    expect(ask(105.1, same).status).toBe('anomalous');
    expect(ask(94, same, { relativeFloor: 0.1 }).status).toBe('normal');
    expect(
      ask(
        -105,
        same.map((value) => -value),
      ),
    ).toMatchObject({ status: 'normal', lower: -105, upper: -95 });
    expect(ask(0, [0, 0, 0, 0, 0, 0, 0]).status).toBe('normal');
    expect(ask(0.001, [0, 0, 0, 0, 0, 0, 0]).status).toBe('anomalous');
  });

  test('a few wild values in the history move nothing', () => {
    const history = [100, 101, 99, 100, 1e12, 102, 98, -1e12, 100, 101];
    expect(ask(101, history).status).toBe('normal');
    expect(ask(150, history).status).toBe('anomalous');
  });
});

describe('weekdays', () => {
  // Weekends have a tenth of the rows.
  const value = (day: number): number => (day % 7 >= 5 ? 100 + (day % 3) : 1000 + (day % 5));
  const weeks = (count: number): number[] => Array.from({ length: 7 * count }, (_, day) => value(day));

  test('are compared with their own kind once each has four points', () => {
    const answer = ask(1000, weeks(4), { at: atDay(28) });
    expect(answer).toMatchObject({ status: 'normal', weekday: 'Monday', points: 4 });
    expect(ask(100, weeks(4), { at: atDay(28) })).toMatchObject({ status: 'anomalous', weekday: 'Monday' });
    expect(ask(1000, weeks(4), { at: atDay(33) })).toMatchObject({ status: 'anomalous', weekday: 'Saturday' });
  });

  test('are taken together before that', () => {
    expect(ask(1000, weeks(4).slice(0, 27), { at: atDay(28) })).toMatchObject({ weekday: null, points: 27 });
  });

  test('on which the pipeline never ran are not waited for, but have nothing of their own', () => {
    const workdays = weeks(4)
      .map((one, day) => ({ at: atDay(day), value: one }))
      .filter((_, day) => day % 7 < 5);
    expect(ask(1000, [], { at: atDay(28), history: workdays })).toMatchObject({ weekday: 'Monday', points: 4 });
    expect(ask(1000, [], { at: atDay(33), history: workdays })).toMatchObject({ weekday: null, points: 20 });
  });

  test('begin and end in the time zone of the schedule, also when clocks change', () => {
    // 23:30 on Sundays in UTC is Monday in Berlin, in winter and in summer; before and after 29 March 2026.
    const sundays = (hour: string): { at: string; value: number }[] =>
      ['2026-03-08', '2026-03-15', '2026-03-22', '2026-03-29', '2026-04-05', '2026-04-12', '2026-04-19'].map((day) => ({
        at: `${day}T${hour}:30:00.000Z`,
        value: 10,
      }));
    const at = '2026-04-26T23:30:00.000Z';
    expect(ask(10, [], { at, history: sundays('23'), timeZone: 'Europe/Berlin' }).weekday).toBe('Monday');
    expect(ask(10, [], { at, history: sundays('23') }).weekday).toBe('Sunday');
    // 22:30 is Sunday before the change and Monday after it: three of one and four of the other are not enough.
    expect(ask(10, [], { at, history: sundays('22'), timeZone: 'Europe/Berlin' })).toMatchObject({ weekday: null });
  });
});

describe('properties', () => {
  // Whole numbers and powers of two, so that no rounding decides at an edge.
  const number = fc.integer({ min: -10_000, max: 10_000 });
  const history = fc.array(number, { minLength: 7, maxLength: 60 });
  const scale = fc.constantFrom(0.25, 0.5, 2, 8, 1024);

  test('scaling everything changes no verdict and no score', () => {
    fc.assert(
      fc.property(history, number, scale, (values, value, factor) => {
        const plain = ask(value, values);
        const scaled = ask(
          value * factor,
          values.map((one) => one * factor),
        );
        expect([scaled.status, scaled.score, scaled.weekday]).toEqual([plain.status, plain.score, plain.weekday]);
        expect(scaled.median).toBe((plain.median ?? NaN) * factor);
      }),
    );
  });

  test('shifting everything changes no verdict while the MAD is not 0', () => {
    fc.assert(
      fc.property(history, number, fc.integer({ min: -4096, max: 4096 }), (values, value, shift) => {
        const plain = ask(value, values);
        const shifted = ask(
          value + shift,
          values.map((one) => one + shift),
        );
        expect(shifted.mad).toBe(plain.mad);
        if (plain.mad !== 0) expect(shifted.score).toBe(plain.score);
      }),
    );
  });

  test('mirroring everything changes no verdict, and turns the score round', () => {
    fc.assert(
      fc.property(history, number, (values, value) => {
        const [plain, mirrored] = [
          ask(value, values),
          ask(
            -value,
            values.map((one) => -one),
          ),
        ];
        expect(mirrored.status).toBe(plain.status);
        if (plain.score !== null) expect(mirrored.score).toBeCloseTo(-plain.score, 12);
      }),
    );
  });

  test('the order of the history does not matter', () => {
    fc.assert(
      fc.property(history, number, (values, value) => {
        const points = daily(values);
        expect(ask(value, values, { history: points.toReversed() })).toEqual(ask(value, values, { history: points }));
      }),
    );
  });

  test('a value is normal exactly between the bounds, and the median always is', () => {
    fc.assert(
      fc.property(history, number, (values, value) => {
        const { status, lower, upper, median } = ask(value, values);
        expect(status === 'normal').toBe(value >= (lower ?? NaN) && value <= (upper ?? NaN));
        expect(ask(median ?? NaN, values).status).toBe('normal');
      }),
    );
  });

  test('a greater sensitivity never finds more', () => {
    fc.assert(
      fc.property(history, number, fc.double({ min: 0.5, max: 50, noNaN: true }), (values, value, sensitivity) => {
        const strict = ask(value, values, { sensitivity });
        const lenient = ask(value, values, { sensitivity: sensitivity * 2 });
        if (strict.status === 'normal') expect(lenient.status).toBe('normal');
      }),
    );
  });
});
