import { quoteIdentifier } from '../../../../engine/quote-identifier';
import { SYSTEM_COLUMNS } from '../../../../model/column';
import type { PublishRequest } from '../../../../steps/load/target';
import type { PostgresSession } from '../../../postgres/postgres-session';
import { stagingSql } from '../stage-rows';
import { STAGING_SCHEMA, stagingPrefix, stagingTable } from '../staging-name';
import { readOrder, type MergePlan } from './merge-plan';

export interface GatheredSlice {
  /** Quoted name of the table with all staged rows. */
  readonly sql: string;
  /** The same when it was made for this, so that it has to be dropped. */
  readonly made: string | null;
}

/** All staged rows in one table, since rows with one key may be in different partitions. One partition is taken as it is. */
export async function gatherSlice(session: PostgresSession, publish: PublishRequest): Promise<GatheredSlice> {
  const { runId, pipeline, staged, columns } = publish;
  const [only] = staged;
  if (staged.length === 1 && only !== undefined) {
    const sql = qualified(stagingTable(runId, pipeline, only.partition));
    await session.run(`ANALYZE ${sql}`);
    return { sql, made: null };
  }
  const name = `${stagingPrefix(runId, pipeline)}slice`;
  const [, drop = '', create = ''] = stagingSql(name, columns);
  await session.run(drop);
  await session.run(create);
  const list = columnList(publish);
  for (const { partition } of staged) {
    const from = qualified(stagingTable(runId, pipeline, partition));
    await session.run(`INSERT INTO ${qualified(name)} (${list}) SELECT ${list} FROM ${from}`);
  }
  await session.run(`ANALYZE ${qualified(name)}`);
  return { sql: qualified(name), made: qualified(name) };
}

/** A table with the first row of each key by `orderBy`. Rows that are the same in file and row number too are told apart by their text. */
export async function takeFirstOfKeys(
  session: PostgresSession,
  publish: PublishRequest,
  { slice, keys }: MergePlan,
): Promise<string> {
  const sql = qualified(`${stagingPrefix(publish.runId, publish.pipeline)}first`);
  const order = (publish.target.merge?.orderBy ?? []).map((text) => {
    const { column, direction } = readOrder(text);
    return `s.${quoteIdentifier(column)} ${direction} NULLS LAST`;
  });
  const { file, row } = SYSTEM_COLUMNS;
  const by = [...keys, ...order, `s.${file} DESC`, `s.${row} DESC`, 's::text COLLATE "C"'];
  await session.run(`DROP TABLE IF EXISTS ${sql}`);
  await session.run(
    `CREATE UNLOGGED TABLE ${sql} AS SELECT DISTINCT ON (${keys.join(', ')}) s.* FROM ${slice} AS s ORDER BY ${by.join(', ')}`,
  );
  await session.run(`ANALYZE ${sql}`);
  return sql;
}

function columnList({ columns }: PublishRequest): string {
  return [...columns.map(({ name }) => quoteIdentifier(name)), SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row].join(', ');
}

function qualified(name: string): string {
  return `${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`;
}
