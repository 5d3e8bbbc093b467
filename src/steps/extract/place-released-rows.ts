import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { HIDDEN } from '../transform/hidden-columns';

export interface ReleasedRows {
  /** Local Parquet file: source columns, `_sluice_file`, `_sluice_row`, `_sluice_waived`. */
  readonly file: string;
  /** Source columns. */
  readonly columns: readonly Column[];
  /** Rows that the release says it has. */
  readonly rows: number;
  /** Where to write them. */
  readonly outFile: string;
}

/**
 * Writes released rows as a partition: the source's columns, their places, and `_sluice_waived`. Rows of several runs may stand at the same
 * place of different files; then each gets a place of its own, because a place must name one row. Throws `LedgerImbalanceError` when rows
 * are missing.
 */
export async function placeReleasedRows(session: EngineSession, released: ReleasedRows): Promise<void> {
  const relation = `read_parquet(${quoteLiteral(released.file)}, file_row_number = true)`;
  const { file, row } = SYSTEM_COLUMNS;
  const [found] = await session.rows<{ rows: bigint; places: bigint }>(
    `SELECT count(*) AS rows, count(DISTINCT (${file}, ${row})) AS places FROM ${relation}`,
  );
  const [rows, places] = [Number(found?.rows ?? 0), Number(found?.places ?? 0)];
  if (rows !== released.rows)
    throw new LedgerImbalanceError(`${released.rows} rows were released, and ${rows} were found`);
  const where = places === rows ? [file, row] : [`0::INTEGER AS ${file}`, `file_row_number + 1 AS ${row}`];
  const columns = released.columns.map(({ name }) => quoteIdentifier(name));
  const waived = `coalesce(${HIDDEN.waived}, false) AS ${HIDDEN.waived}`;
  await session.run(
    `COPY (SELECT ${[...columns, ...where, waived].join(', ')} FROM ${relation} ORDER BY file_row_number)
     TO ${quoteLiteral(released.outFile)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
