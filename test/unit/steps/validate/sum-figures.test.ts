import { sumFigures } from '../../../../src/steps/validate/sum-figures';

const lookup = {
  step: 1,
  name: 'lookup(a)',
  from: 'a',
  generation: 'abc',
  rows: 3,
  matched: 2,
  missing: 1,
  cacheHits: 0,
  cacheMisses: 1,
};
const rule = { step: 0, name: 'x', reason: null, rows: 1 };

it('adds up partitions by step, and rules by step and name', () => {
  expect(
    sumFigures([
      { lookups: [lookup, { ...lookup, step: 2 }], rules: [rule, { ...rule, name: 'y', reason: 'why' }] },
      {},
      {
        lookups: [{ ...lookup, rows: 5, matched: 5, missing: 0, cacheHits: 1, cacheMisses: 0 }],
        rules: [
          { ...rule, rows: 4 },
          { ...rule, step: 3 },
        ],
      },
    ]),
  ).toEqual({
    lookups: [
      { ...lookup, rows: 8, matched: 7, missing: 1, cacheHits: 1, cacheMisses: 1 },
      { ...lookup, step: 2 },
    ],
    rules: [
      { ...rule, rows: 5 },
      { ...rule, name: 'y', reason: 'why' },
      { ...rule, step: 3 },
    ],
  });
});

it('leaves out what there is none of, and keeps at most fifty', () => {
  expect(sumFigures([{}, { lookups: [] }])).toEqual({});
  const rules = Array.from({ length: 60 }, (_, index) => ({ ...rule, name: `r${index}` }));
  expect(sumFigures([{ rules }]).rules).toEqual(rules.slice(0, 50));
});
