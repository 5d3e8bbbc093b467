import { packUnits, type PackLimits } from '../../../../src/steps/extract/pack-units';

const units = (rows: readonly (number | null)[], bytes = 100) => rows.map((row, item) => ({ item, bytes, rows: row }));
const pack = (rows: readonly (number | null)[], limits: Partial<PackLimits>, bytes?: number) =>
  packUnits(units(rows, bytes), { min: 1, max: 2000, ...limits }).map((part) => part.map(({ item }) => item));

describe('packUnits', () => {
  it('fills partitions in order and tears nothing apart', () => {
    expect(pack([4, 4, 4, 9, 1], { targetRows: 8 })).toEqual([[0, 1], [2], [3], [4]]);
  });

  it('makes at least min and at most max, as far as there are units', () => {
    expect(pack([1, 1, 1, 1], { targetRows: 100, min: 2 }).length).toBeGreaterThanOrEqual(2);
    expect(pack([1, 1], { targetRows: 100, min: 9 })).toEqual([[0], [1]]);
    expect(pack([1, 1, 1, 1, 1, 1], { targetRows: 1, max: 2 }).length).toBeLessThanOrEqual(2);
  });

  it('goes by bytes where rows are unknown or a number of bytes is given', () => {
    expect(pack([null, null, null], { targetRows: 1, targetBytes: 200 })).toEqual([[0, 1], [2]]);
    expect(pack([1, 1, 1, 1], { targetRows: 100, targetBytes: 200 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(pack([null, null], {})).toEqual([[0, 1]]);
  });

  it.each([[[]], [[0]], [[0, 0, 0]]])('loses no unit of %j', (rows) => {
    expect(pack(rows, { min: 2, max: 3 }, 0).flat()).toEqual(rows.map((_, item) => item));
  });
});
