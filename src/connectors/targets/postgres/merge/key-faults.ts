import { quoteIdentifier } from '../../../../engine/quote-identifier';
import { MergeKeyError } from '../../../../errors/merge-key-error';
import { SYSTEM_COLUMNS } from '../../../../model/column';
import type { PostgresSession } from '../../../postgres/postgres-session';
import type { MergePlan } from './merge-plan';

const { file, row } = SYSTEM_COLUMNS;
/** So many places are named. */
const NAMED = 10;

/** Throws `merge-key-invalid` when a row has no value in a column of the key. */
export async function refuseNullKeys(
  session: PostgresSession,
  { slice, keyNames }: MergePlan,
  connection: string,
): Promise<void> {
  const faulty = keyNames.map((column) => `s.${quoteIdentifier(column)} IS NULL`).join(' OR ');
  const counts = keyNames.map(
    (column, at) => `count(*) FILTER (WHERE s.${quoteIdentifier(column)} IS NULL)::text AS n${at}`,
  );
  const [found = {}] = await session.rows<Record<string, string>>(`SELECT ${counts.join(', ')} FROM ${slice} AS s`);
  const each = keyNames.flatMap((column, at) =>
    found[`n${at}`] === '0' ? [] : [`${found[`n${at}`]} rows have no ${column}`],
  );
  if (each.length === 0) return;
  const places = await placesOf(session, `SELECT s.${file} AS f, s.${row} AS r FROM ${slice} AS s WHERE ${faulty}`);
  throw new MergeKeyError(`Rows to merge have no value in their key: ${each.join('; ')} (${places})`, connection);
}

/** Throws `merge-key-invalid` when rows share a key. */
export async function refuseDuplicateKeys(
  session: PostgresSession,
  { slice, keys, keyNames }: MergePlan,
  connection: string,
): Promise<void> {
  const counted = `SELECT s.${file} AS f, s.${row} AS r, count(*) OVER (PARTITION BY ${keys.join(', ')}) AS n FROM ${slice} AS s`;
  const [found] = await session.rows<{ keys: string; rows: string }>(
    `SELECT count(*) AS keys, coalesce(sum(n), 0) AS rows FROM (SELECT count(*) AS n FROM ${slice} AS s GROUP BY ${keys.join(', ')} HAVING count(*) > 1) g`,
  );
  if (found === undefined || found.keys === '0') return;
  const places = await placesOf(session, `SELECT f, r FROM (${counted}) c WHERE n > 1`);
  throw new MergeKeyError(
    `${found.rows} rows to merge share ${found.keys} values of the key ${keyNames.join(', ')} (${places})`,
    connection,
  );
}

/** The first rows by file and row number, for people. */
export async function placesOf(session: PostgresSession, select: string): Promise<string> {
  const rows = await session.rows<{ f: number; r: string }>(`${select} ORDER BY 1, 2 LIMIT ${NAMED + 1}`);
  const named = rows.slice(0, NAMED).map(({ f, r }) => `file ${f} row ${r}`);
  return [...named, ...(rows.length > NAMED ? ['...'] : [])].join(', ');
}
