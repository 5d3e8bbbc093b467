import type { TargetConfig, VerifyRule } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import { parquetFacts } from '../../engine/parquet-facts';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import type { RelationFacts, Target } from './target';
import { checksumColumns } from './checksum-columns';

export interface StagePartitionRequest {
  readonly target: Target;
  readonly config: TargetConfig;
  readonly verify: readonly VerifyRule[];
  readonly runId: string;
  readonly pipeline: string;
  readonly partition: number;
  /** The newest load when the run was planned, 0 for none; not looked at when absent. */
  readonly expectedPreviousLoad?: number;
  /** User columns of the target, in order. */
  readonly columns: readonly Column[];
  /** Local Parquet file of the transform step. */
  readonly goodFile: string;
  /** Local Parquet file of rows that validation took out (partition, _sluice_file, _sluice_row, fate, reason); null when none. */
  readonly exclusionsFile: string | null;
  readonly session: EngineSession;
  /** Where to write the rows that stay, when some were taken out. In a folder of the session. */
  readonly loadFile: string;
}

/**
 * Stages the good rows of a partition without those that validation took out. Throws `ledger-imbalance` when rows are lost or doubled
 * on the way; nothing is published then.
 */
export async function stagePartition(request: StagePartitionRequest): Promise<RelationFacts> {
  const { target, config, verify, runId, pipeline, partition, columns, session } = request;
  const { file, rows } = await rowsToLoad(request);
  const facts = await target.stage({
    runId,
    pipeline,
    partition,
    target: config,
    columns,
    ...(request.expectedPreviousLoad !== undefined && { expectedPreviousLoad: request.expectedPreviousLoad }),
    checksumColumns: checksumColumns(verify),
    file,
    engine: session,
  });
  if (facts.rows !== rows) {
    throw new LedgerImbalanceError(`Partition ${partition} has ${rows} rows to load, and ${facts.rows} were staged`);
  }
  return facts;
}

async function rowsToLoad(request: StagePartitionRequest): Promise<{ file: string; rows: number }> {
  const { goodFile, exclusionsFile, loadFile, partition, session } = request;
  const good = (await parquetFacts(session, goodFile)).rows;
  if (exclusionsFile === null) return { file: goodFile, rows: good };
  const { file, row } = SYSTEM_COLUMNS;
  const excluded = `SELECT DISTINCT ${file}, ${row} FROM read_parquet(${quoteLiteral(exclusionsFile)}) WHERE partition = ${partition}`;
  const [counted] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM (${excluded})`);
  const out = Number(counted?.rows ?? 0);
  if (out === 0) return { file: goodFile, rows: good };
  await session.run(
    `COPY (SELECT * FROM read_parquet(${quoteLiteral(goodFile)}) good
       WHERE NOT EXISTS (FROM (${excluded}) gone WHERE gone.${file} = good.${file} AND gone.${row} = good.${row}))
     TO ${quoteLiteral(loadFile)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const kept = (await parquetFacts(session, loadFile)).rows;
  if (kept + out !== good) {
    throw new LedgerImbalanceError(
      `Partition ${partition} has ${good} good rows; validation took out ${out}, and ${kept} are left`,
    );
  }
  return { file: loadFile, rows: kept };
}
