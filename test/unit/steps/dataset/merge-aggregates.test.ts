import fc from 'fast-check';
import { addDecimals, compareDecimals, decimalText, exactDecimal } from '../../../../src/model/exact-decimal';
import { mergeAggregates, numberOf, type Aggregate } from '../../../../src/steps/dataset/aggregate';

const aggregate = (merge: Aggregate['merge']): Aggregate => ({ key: 'k', sql: '', merge });
const merged = (merge: Aggregate['merge'], values: readonly (string | null)[]): string | null | undefined =>
  mergeAggregates(
    [aggregate(merge)],
    values.map((k) => ({ k })),
  )['k'];

describe('exact decimals', () => {
  test.each([
    ['0', '0'],
    ['-0.50', '-0.50'],
    ['12345678901234567890.12', '12345678901234567890.12'],
    ['1.5e+21', '1500000000000000000000'],
    ['1e-7', '0.0000001'],
  ])('%s is %s', (text, shown) => expect(decimalText(exactDecimal(text))).toBe(shown));

  test.each(['NaN', '', '1,5', '.5', '0x1'])('%j is none', (text) =>
    expect(() => exactDecimal(text)).toThrow(RangeError),
  );

  test('add up and compare as whole numbers of the smallest place do', () => {
    const part = fc.tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(part, part, ([a, aScale], [b, bScale]) => {
        const [one, two] = [exactDecimal(decimalText({ digits: a, scale: aScale })), { digits: b, scale: bScale }];
        const [wholeA, wholeB] = [a * 10n ** BigInt(12 - aScale), b * 10n ** BigInt(12 - bScale)];
        const sum = addDecimals(one, two);
        expect(sum.digits * 10n ** BigInt(12 - sum.scale)).toBe(wholeA + wholeB);
        expect(Math.sign(compareDecimals(one, two))).toBe(wholeA < wholeB ? -1 : wholeA > wholeB ? 1 : 0);
      }),
    );
  });
});

describe('the values of partitions', () => {
  test('add up exactly', () => {
    expect(merged('count', ['9007199254740993', '1'])).toBe('9007199254740994');
    expect(merged('exactSum', ['0.10', null, '12345678901234567890.05'])).toBe('12345678901234567890.15');
    expect(merged('exactSum', [null, null])).toBeNull();
    expect(merged('count', [])).toBe('0');
  });

  test('of doubles add up with what rounding lost, and keep what is not finite', () => {
    expect(merged('nearSum', ['1', '1e100', '1', '-1e100'])).toBe('2');
    expect(numberOf(merged('nearSum', ['1', '-inf']) ?? '')).toBe(-Infinity);
    expect(numberOf(merged('nearSum', ['inf', '-nan']) ?? '')).toBeNaN();
  });

  test('have a newest', () => {
    expect(merged('greatest', ['3', null, '-5'])).toBe('3');
    expect(merged('greatest', [null])).toBeNull();
  });

  test('that were not worked out, or cannot be put together, are never taken for nothing', () => {
    expect(() => mergeAggregates([aggregate('count')], [{}])).toThrow(RangeError);
    expect(() => merged(null, ['1'])).toThrow(RangeError);
  });
});
