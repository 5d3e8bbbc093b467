import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { SYSTEM_COLUMNS } from '../../model/column';
import { copyToParquet, parquetRows } from '../transform/copy-to-parquet';

/**
 * Writes the good rows of one partition without those that validation took out, and gives the rows that are left, from the new
 * file's footer. Throws `LedgerImbalanceError` when an exclusion names a row that is not there.
 */
export async function excludeRows(
  session: EngineSession,
  goodFile: string,
  exclusionsFile: string,
  partition: number,
  outFile: string,
): Promise<number> {
  const { file, row } = SYSTEM_COLUMNS;
  const mine = `read_parquet(${quoteLiteral(exclusionsFile)}) WHERE partition = ${Math.trunc(partition)}`;
  const left = await copyToParquet(
    session,
    `SELECT g.* FROM read_parquet(${quoteLiteral(goodFile)}) AS g ` +
      `ANTI JOIN (SELECT ${file}, ${row} FROM ${mine}) AS e ON g.${file} = e.${file} AND g.${row} = e.${row}`,
    outFile,
  );
  const [excluded] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${mine}`);
  const before = await parquetRows(session, goodFile);
  if (left + Number(excluded?.rows ?? 0) !== before) {
    throw new LedgerImbalanceError(
      `Partition ${partition} has ${before} good rows, ${Number(excluded?.rows ?? 0)} are excluded, and ${left} are left`,
    );
  }
  return left;
}
