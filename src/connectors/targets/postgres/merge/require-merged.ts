import { VerificationFailedError } from '../../../../errors/verification-failed-error';
import { SYSTEM_COLUMNS } from '../../../../model/column';
import type { PostgresSession } from '../../../postgres/postgres-session';
import { placesOf } from './key-faults';
import type { MergePlan } from './merge-plan';
import { differs } from './merge-sql';

/**
 * Reads the table again by the keys of the slice and holds it against the staged rows, value by value. Throws `verification-failed`
 * naming files and rows. Groups have no one row to be held against: their checksums are compared.
 */
export async function requireMerged(
  session: PostgresSession,
  plan: MergePlan,
  { load, live, written }: { readonly load: number; readonly live: number; readonly written: number },
  connection: string,
): Promise<void> {
  const { name, slice, sameKey, isGrouped } = plan;
  const { file, row, load: loadColumn } = SYSTEM_COLUMNS;
  if (isGrouped) {
    const [group] = await session.rows<{ rows: string; ours: string }>(
      `SELECT count(*) AS rows, count(*) FILTER (WHERE t.${loadColumn} = $1) AS ours FROM ${name.sql} AS t
       WHERE EXISTS (SELECT FROM ${slice} AS s WHERE ${sameKey})`,
      [load],
    );
    if (Number(group?.rows) === live && Number(group?.ours) === live) return;
    throw new VerificationFailedError(
      `${name.sql} has ${group?.rows} rows for the keys of the load, ${group?.ours} of them new, instead of ${live}`,
      connection,
    );
  }
  const [found] = await session.rows<{ same: string; ours: string; kept: string }>(
    `SELECT count(*) FILTER (WHERE ${plan.live} AND NOT ${differs(plan, 't', 's')}) AS same,
       count(*) FILTER (WHERE ${plan.live} AND t.${loadColumn} = $1) AS ours, count(*) FILTER (WHERE ${plan.marked}) AS kept
     FROM ${slice} AS s JOIN ${name.sql} AS t ON ${sameKey}`,
    [load],
  );
  const faults: string[] = [];
  if (Number(found?.same) !== live) {
    const wrong = `SELECT s.${file} AS f, s.${row} AS r FROM ${slice} AS s LEFT JOIN ${name.sql} AS t ON ${sameKey}
      WHERE ${plan.live} AND (t.${loadColumn} IS NULL OR ${differs(plan, 't', 's')})`;
    faults.push(`${live - Number(found?.same)} rows are not as they were staged (${await placesOf(session, wrong)})`);
  }
  if (Number(found?.ours) !== written) faults.push(`${found?.ours} rows carry the load instead of ${written}`);
  if (found?.kept !== '0') faults.push(`${found?.kept} rows are still there that were to be deleted`);
  if (faults.length > 0)
    throw new VerificationFailedError(`${name.sql} after the merge: ${faults.join('; ')}`, connection);
}
