import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { chainName, type ChainLink } from './chain-link';
import { composeChain, type ReferenceRelation } from './compose-chain';
import { copyToParquet } from './copy-to-parquet';
import { HIDDEN, RESHAPE_COUNT } from './hidden-columns';

export interface ReshapeRequest {
  readonly session: EngineSession;
  readonly references: readonly ReferenceRelation[];
  /** ISO 8601, UTC. */
  readonly runStartedAt: string;
  readonly link: ChainLink;
  /** Index of the link in the pipeline. */
  readonly index: number;
  /** User columns before it. */
  readonly columns: readonly Column[];
  /** Parquet file of the rows before it, with their hidden columns. */
  readonly stage: string;
  /** Rows in it that still take part. */
  readonly rowsIn: number;
  /** Where to write the rows that it makes. */
  readonly file: string;
}

/** What a reshaping step did, in rows. */
export interface ReshapeCounts {
  readonly generated: number;
  readonly collapsed: number;
}

/**
 * Runs a step that makes rows anew over the rows that still take part. What it generated or collapsed is counted in what it made;
 * only of an `sql` step nobody can know which rows became which: there both sides are counted and compared. Throws `LedgerImbalanceError`.
 */
export async function reshapeRows(request: ReshapeRequest): Promise<ReshapeCounts> {
  const { session, references, runStartedAt, link, index, rowsIn, file } = request;
  const names = [...request.columns.map(({ name }) => quoteIdentifier(name)), SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row];
  const query = composeChain({
    references,
    runStartedAt,
    start: `SELECT ${names.join(', ')} FROM read_parquet(${quoteLiteral(request.stage)}) WHERE ${HIDDEN.out} = 0`,
    first: index,
    links: [link],
    end: `SELECT * FROM ${chainName(index + 1)}`,
  });
  const rowsOut = await copyToParquet(session, query, file, 'lz4');
  const counts = await countReshaped(request, rowsOut);
  if (rowsIn + counts.generated !== rowsOut + counts.collapsed) {
    const figures = JSON.stringify({ rowsIn, rowsOut, ...counts });
    throw new LedgerImbalanceError(`The rows of ${link.label} do not balance: ${figures}`);
  }
  return counts;
}

async function countReshaped({ session, link, rowsIn, file }: ReshapeRequest, rowsOut: number): Promise<ReshapeCounts> {
  if (link.reshape === 'sql') {
    return { generated: Math.max(0, rowsOut - rowsIn), collapsed: Math.max(0, rowsIn - rowsOut) };
  }
  const [row] = await session.rows<{ generated: bigint; collapsed: string | bigint | null }>(
    `SELECT count(*) FILTER (WHERE ${RESHAPE_COUNT} > 1) AS generated, ` +
      `CAST(sum(${RESHAPE_COUNT} - 1) AS BIGINT) AS collapsed FROM read_parquet(${quoteLiteral(file)})`,
  );
  return link.reshape === 'unnest'
    ? { generated: Number(row?.generated ?? 0), collapsed: 0 }
    : { generated: 0, collapsed: Number(row?.collapsed ?? 0) };
}
