import { losersSql } from '../../src/steps/transform/losers-sql';
import { StepsBench } from '../unit/steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const KEYS =
  'SELECT _sluice_key_0, _sluice_key_1 FROM contenders GROUP BY _sluice_key_0, _sluice_key_1 HAVING count(*) > 1';

it('finds the keys that occur twice first, and ranks only their rows', async () => {
  const sql = losersSql('contenders', { keys: 2, directions: ['DESC', 'ASC'] }, ['partition']);
  expect(sql).toBe(
    'SELECT _sluice_file, _sluice_row, partition FROM (' +
      'SELECT c._sluice_file, c._sluice_row, c.partition, ' +
      'row_number() OVER (PARTITION BY c._sluice_key_0, c._sluice_key_1 ' +
      'ORDER BY c._sluice_order_0 DESC NULLS LAST, c._sluice_order_1 ASC NULLS LAST, c._sluice_file, c._sluice_row) AS _sluice_place ' +
      `FROM contenders AS c SEMI JOIN (${KEYS}) AS d ` +
      'ON c._sluice_key_0 IS NOT DISTINCT FROM d._sluice_key_0 AND c._sluice_key_1 IS NOT DISTINCT FROM d._sluice_key_1' +
      ') WHERE _sluice_place > 1',
  );
  await bench.session.run(
    `CREATE TEMP TABLE contenders AS SELECT * FROM (VALUES
      (0, 1::BIGINT, 0, 'a', NULL, 5, 1),
      (0, 2::BIGINT, 0, 'a', NULL, 7, 2),
      (0, 3::BIGINT, 0, 'a', NULL, 7, 1),
      (1, 1::BIGINT, 1, 'a', NULL, NULL, 0),
      (1, 2::BIGINT, 1, 'b', NULL, 1, 1),
      (1, 3::BIGINT, 1, 'c', 'x', 1, 1),
      (0, 9::BIGINT, 0, 'c', 'x', 1, 1))
      t(_sluice_file, _sluice_row, partition, _sluice_key_0, _sluice_key_1, _sluice_order_0, _sluice_order_1)`,
  );
  const losers = await bench.session.rows(
    `SELECT _sluice_file AS f, _sluice_row AS r, partition AS p FROM (${sql}) ORDER BY ALL`,
  );
  expect(losers).toEqual([
    { f: 0, r: 1n, p: 0 },
    { f: 0, r: 2n, p: 0 },
    { f: 1, r: 1n, p: 1 },
    { f: 1, r: 3n, p: 1 },
  ]);
});
