import type { Column, ColumnType } from '../../../../src/model/column';
import { fits, reconcileColumns } from '../../../../src/steps/extract/reconcile-columns';

const column = (name: string, type: ColumnType = 'string'): Column => ({ name, type, nullable: true });
const schema = (columns: 'freeze' | 'evolve' | 'discardValue' | 'quarantineRow') => ({
  columns,
  types: 'freeze' as const,
});
const names = (columns: readonly Column[]) => columns.map(({ name }) => name);

describe('reconcileColumns', () => {
  const a = { path: 'a', columns: [column('x'), column('y')] };
  const b = { path: 'b', columns: [column('y'), column('z')] };

  it('takes the first file as the measure where nothing is declared', () => {
    expect(() => reconcileColumns([a, b], { schema: schema('freeze') }, true, 'c')).toThrow(
      /of b differ .* freeze: x is missing; z is not expected/,
    );
    expect(names(reconcileColumns([a, b], { schema: schema('evolve') }, true, 'c'))).toEqual(['x', 'y', 'z']);
    expect(names(reconcileColumns([a, b], { schema: schema('discardValue') }, true, 'c'))).toEqual(['x', 'y']);
  });

  it('gives declared types where files are typed, and text where they are not', () => {
    const config = { columns: { x: 'bigint' }, schema: schema('freeze') };
    const typed = { path: 'a', columns: [column('x', 'integer')] };
    expect(reconcileColumns([typed], config, true, 'c')).toEqual([column('x', 'bigint')]);
    expect(reconcileColumns([{ path: 'a', columns: [column('x')] }], config, false, 'c')).toEqual([column('x')]);
  });

  it('does not repeat the values of a file that has no header', () => {
    const config = { columns: { id: 'bigint', mail: 'string' }, schema: schema('freeze') };
    const from = (...found: string[]) => [{ path: 'a', columns: found.map((name) => column(name)) }];
    const refused = (...found: string[]) => {
      try {
        return names(reconcileColumns(from(...found), config, false, 'c')).join();
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refused('1', 'ann@example.org')).toMatch(/None of the 2 columns of a is expected \(id, mail are\)/);
    expect(refused('ann', 'ann')).toBe(
      'a: the name of column 2 stands in the header twice (upper and lower case count as the same)',
    );
    expect(refused('id', 'Mail', 'mail')).toMatch(/^a: mail stands in the header twice/);
  });

  it('helps with names that are nearly right', () => {
    const config = { columns: { Date: 'string' }, schema: schema('quarantineRow') };
    expect(() => reconcileColumns([{ path: 'a', columns: [column('date ')] }], config, false, 'c')).toThrow(
      /Date is missing \(there is 'date '\)/,
    );
  });

  it.each([
    ['integer', 'bigint', true],
    ['bigint', 'integer', false],
    ['integer', 'decimal(9,0)', false],
    ['integer', 'decimal(10, 0)', true],
    ['date', 'timestamp', true],
    ['double', 'string', true],
    ['binary', 'string', false],
  ] as const)('%s as %s loses nothing: %s', (type, wanted, expected) => {
    expect(fits(type, wanted as ColumnType)).toBe(expected);
  });
});
