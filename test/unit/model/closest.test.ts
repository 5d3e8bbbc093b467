import { closest, didYouMean } from '../../../src/model/closest';

describe('what was meant', () => {
  test.each([
    ['derrive', 'derive'],
    ['dervie', 'derive'],
    ['LOOKUP', 'lookup'],
    ['warning', 'warn'],
    ['xyz', undefined],
    ['b', undefined],
  ])('%s: %s', (text, expected) => {
    expect(closest(text, ['derive', 'lookup', 'warn', 'a'])).toBe(expected);
  });

  test('a long list is cut', () => {
    const many = Array.from({ length: 30 }, (_, index) => `zz${index}`);
    expect(didYouMean('quite else', many, 'things')).toMatch(/^Use one of the things: zz0, .*zz19, \.\.\.\.$/);
    expect(didYouMean('x', [], 'things')).toBe('There are no things.');
  });
});
