import { differencesOf } from '../../../src/model/differences';

test('equal values differ in nothing, whatever the order of their keys', () => {
  expect(differencesOf({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toEqual([]);
});

test('keys are added, removed and changed, each at its path', () => {
  expect(differencesOf({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 4, e: 5 }, f: 6 })).toEqual([
    { path: ['a'], change: 'removed', before: 1 },
    { path: ['b', 'c'], change: 'changed', before: 2, after: 4 },
    { path: ['b', 'd'], change: 'removed', before: 3 },
    { path: ['b', 'e'], change: 'added', after: 5 },
    { path: ['f'], change: 'added', after: 6 },
  ]);
});

test('an item put into, or taken out of, the middle of a list is one difference', () => {
  const [a, b, c, d] = [{ filter: 'a' }, { filter: 'b' }, { filter: 'c' }, { filter: 'd' }];
  expect(differencesOf([a, b, d], [a, b, c, d])).toEqual([{ path: [2], change: 'added', after: c }]);
  expect(differencesOf([a, b, c, d], [a, d])).toEqual([
    { path: [1], change: 'removed', before: b },
    { path: [2], change: 'removed', before: c },
  ]);
  expect(differencesOf([a, b, d], [a, c, d])).toEqual([
    { path: [1, 'filter'], change: 'changed', before: 'b', after: 'c' },
  ]);
  expect(differencesOf([a, a], [a])).toEqual([{ path: [1], change: 'removed', before: a }]);
});

test('another kind of value is a change as a whole, and null is a value', () => {
  expect(differencesOf({ a: [1] }, { a: { b: 1 } })).toEqual([
    { path: ['a'], change: 'changed', before: [1], after: { b: 1 } },
  ]);
  expect(differencesOf({ a: null }, {})).toEqual([{ path: ['a'], change: 'removed', before: null }]);
  expect(differencesOf(1, '1')).toEqual([{ path: [], change: 'changed', before: 1, after: '1' }]);
});
