import { describeRelation } from '../../engine/describe-relation';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS } from '../../model/column';
import { HIDDEN, KEY_PREFIX } from '../transform/hidden-columns';
import { losersSql, type DeduplicateOrder } from '../transform/losers-sql';
import type { ValidatePartition } from './validate-dataset-types';

const { file, row } = SYSTEM_COLUMNS;

/** Rows that leave the good files: `(partition, _sluice_file, _sluice_row, fate, reason)`; a row may have several reasons. */
export const EXCLUSIONS = 'sluice_exclusions';

/** Makes the empty table of rows that leave, and the view over all good files that the finders below read. */
export async function prepareExclusions(
  session: EngineSession,
  partitions: readonly ValidatePartition[],
): Promise<void> {
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${EXCLUSIONS} ` +
      `(partition INTEGER, ${file} INTEGER, ${row} BIGINT, fate VARCHAR, reason VARCHAR)`,
  );
  await session.run(
    `CREATE OR REPLACE TEMP VIEW sluice_good AS ${unionOf(partitions, (partition) => partition.goodFile)}`,
  );
}

/** Puts down the rows that lose against the same rows of other partitions. Those that were taken out in their partition stay so. */
export async function excludeLosers(
  session: EngineSession,
  partitions: readonly ValidatePartition[],
  directions: DeduplicateOrder['directions'],
): Promise<void> {
  const contenders = unionOf(partitions, (partition) => partition.contendersFile);
  await session.run(`CREATE OR REPLACE TEMP VIEW sluice_contenders AS ${contenders}`);
  const columns = await describeRelation(session, 'SELECT * FROM sluice_contenders');
  const order = { keys: columns.filter((column) => column.name.startsWith(KEY_PREFIX)).length, directions };
  await session.run(
    `INSERT INTO ${EXCLUSIONS} SELECT partition, ${file}, ${row}, 'deduplicated', 'deduplicate' ` +
      `FROM (${losersSql('sluice_contenders', order, ['partition', '_sluice_good'])}) WHERE _sluice_good`,
  );
}

/**
 * Finds the rows that share a key with another, over all partitions and after the deduplication, and puts them into a table of
 * their own. All rows of such a key fail, as with dbt's unique; a key with a null is not compared. Gives their number.
 */
export async function findDuplicates(
  session: EngineSession,
  columns: readonly string[],
  table: string,
): Promise<number> {
  const keys = columns.map(quoteIdentifier);
  const known = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  const left = `${EXCLUSIONS} AS e ON e.fate = 'deduplicated' AND e.${file} = g.${file} AND e.${row} = g.${row}`;
  const rows = `SELECT g.* FROM sluice_good AS g ANTI JOIN ${left} WHERE ${known}`;
  const same = keys.map((key) => `r.${key} = d.${key}`).join(' AND ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS WITH remaining AS NOT MATERIALIZED (${rows}) ` +
      `SELECT r.partition, r.${file}, r.${row} FROM remaining AS r SEMI JOIN ` +
      `(SELECT ${keys.join(', ')} FROM remaining GROUP BY ${keys.join(', ')} HAVING count(*) > 1) AS d ON ${same}`,
  );
  const [found] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${table}`);
  return Number(found?.rows ?? 0);
}

/** Takes the rows that were approved as they are off a table of duplicates, and gives their number. */
export async function keepWaived(session: EngineSession, table: string, waivedFile: string): Promise<number> {
  const waived = `read_parquet(${quoteLiteral(waivedFile)}) WHERE ${HIDDEN.waived}`;
  const mine = `(${file}, ${row}) IN (SELECT (${file}, ${row}) FROM ${waived})`;
  const [found] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${table} WHERE ${mine}`);
  await session.run(`DELETE FROM ${table} WHERE ${mine}`);
  return Number(found?.rows ?? 0);
}

/** Puts the rows of a table of duplicates down as quarantined. */
export async function excludeDuplicates(session: EngineSession, table: string, reason: string): Promise<void> {
  const values = `partition, ${file}, ${row}, 'quarantined', ${quoteLiteral(reason)}`;
  await session.run(`INSERT INTO ${EXCLUSIONS} SELECT ${values} FROM ${table}`);
}

function unionOf(
  partitions: readonly ValidatePartition[],
  fileOf: (partition: ValidatePartition) => string | null,
): string {
  const selects = partitions.flatMap((partition) => {
    const path = fileOf(partition);
    return path === null
      ? []
      : [`SELECT ${partition.partition}::INTEGER AS partition, * FROM read_parquet(${quoteLiteral(path)})`];
  });
  return selects.join(' UNION ALL BY NAME ');
}
