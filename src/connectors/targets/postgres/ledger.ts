import type { VerificationResult } from '../../../model/check-result';
import type { LoadChanges } from '../../../steps/load/load-changes';
import type { LedgerEntry, PublishRequest } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { STAGING_SCHEMA } from './staging-name';
import { ensureSchema } from './target-table';

export const LEDGER_SCHEMA = 'sluice';
export const LEDGER_TABLE = 'sluice.sluice_ledger';

/** One row for each published load, written in the transaction that publishes: `load` is the `_sluice_load` of its rows. */
export const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS ${LEDGER_TABLE} (
  load bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL,
  pipeline text NOT NULL,
  target_table text NOT NULL,
  write_disposition text NOT NULL,
  slice jsonb NOT NULL,
  definition_hash text NOT NULL,
  counts jsonb NOT NULL,
  row_count bigint,
  checksums jsonb,
  verifications jsonb,
  changes jsonb,
  before jsonb,
  undone_by bigint,
  published_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (pipeline, run_id)
)`;

/** A load that was published. */
export interface StoredLoad {
  readonly load: number;
  readonly rows: number;
  readonly verifications: readonly VerificationResult[];
  readonly changes?: LoadChanges;
}

/** Makes the schemas and the ledger when they are not there. Two at once wait for each other. */
export async function ensureLedger(session: PostgresSession): Promise<void> {
  const [found] = await session.rows<{ ready: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'undone_by')
       AND EXISTS (SELECT FROM pg_namespace WHERE nspname = $2) AS ready`,
    [LEDGER_TABLE, STAGING_SCHEMA],
  );
  if (found?.ready) return;
  await ensureSchema(session, LEDGER_SCHEMA);
  await ensureSchema(session, STAGING_SCHEMA);
  await session.run('BEGIN');
  await session.run(`SELECT pg_advisory_xact_lock(hashtextextended('sluice:setup', 0))`);
  await session.run(CREATE_LEDGER);
  // Ledgers of before merges, or undo, were there have no such columns.
  await session.run(
    `ALTER TABLE ${LEDGER_TABLE} ADD COLUMN IF NOT EXISTS changes jsonb, ADD COLUMN IF NOT EXISTS before jsonb, ADD COLUMN IF NOT EXISTS undone_by bigint`,
  );
  await session.run('COMMIT');
}

/** Inserts the load's row; null when the run has published already. A twin that is under way is waited for. */
export async function insertLoad(session: PostgresSession, request: PublishRequest): Promise<number | null> {
  const [row] = await session.rows<{ load: string }>(
    `INSERT INTO ${LEDGER_TABLE} (run_id, pipeline, target_table, write_disposition, slice, definition_hash, counts)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pipeline, run_id) DO NOTHING RETURNING load`,
    [
      request.runId,
      request.pipeline,
      request.target.table,
      request.target.writeDisposition,
      JSON.stringify(request.slice),
      request.definitionHash,
      JSON.stringify(request.counts),
    ],
  );
  return row === undefined ? null : Number(row.load);
}

/** Completes the load's row with what the transaction found. */
export async function completeLoad(
  session: PostgresSession,
  load: number,
  rows: number,
  checksums: Readonly<Record<string, string>>,
  verifications: readonly VerificationResult[],
  changes: LoadChanges | null,
): Promise<void> {
  await session.run(
    `UPDATE ${LEDGER_TABLE} SET row_count = $2, checksums = $3, verifications = $4, changes = $5, published_at = clock_timestamp()
     WHERE load = $1`,
    [load, rows, JSON.stringify(checksums), JSON.stringify(verifications), changes && JSON.stringify(changes)],
  );
}

/** What a run published; null when it has not. */
export async function findLoad(session: PostgresSession, pipeline: string, runId: string): Promise<StoredLoad | null> {
  const [row] = await session.rows<{
    load: string;
    row_count: string | null;
    verifications: VerificationResult[] | null;
    changes: LoadChanges | null;
  }>(`SELECT load, row_count, verifications, changes FROM ${LEDGER_TABLE} WHERE pipeline = $1 AND run_id = $2`, [
    pipeline,
    runId,
  ]);
  return row === undefined
    ? null
    : {
        load: Number(row.load),
        rows: Number(row.row_count),
        verifications: row.verifications ?? [],
        ...(row.changes && { changes: row.changes }),
      };
}

/** The newest load of the pipeline by another run; 0 when there is none. */
export async function newestOtherLoad(session: PostgresSession, pipeline: string, runId: string): Promise<number> {
  const [row] = await session.rows<{ load: string | null }>(
    `SELECT max(load) AS load FROM ${LEDGER_TABLE} WHERE pipeline = $1 AND run_id <> $2`,
    [pipeline, runId],
  );
  return Number(row?.load ?? 0);
}

/** Entries newer than a load, oldest first; none where the ledger was never made. */
export async function readLedger(session: PostgresSession, pipeline: string, load: number): Promise<LedgerEntry[]> {
  const [there] = await session.rows<{ ready: boolean }>('SELECT to_regclass($1) IS NOT NULL AS ready', [LEDGER_TABLE]);
  if (!there?.ready) return [];
  const rows = await session.rows<{ entry: Omit<LedgerEntry, 'load'>; load: string; published_at: Date }>(
    `SELECT load, published_at, jsonb_build_object('runId', run_id, 'pipeline', pipeline, 'slice', slice,
       'definitionHash', definition_hash, 'counts', counts, 'checksums', coalesce(checksums, '{}'),
       'writeDisposition', write_disposition)
         || CASE WHEN to_jsonb(l) -> 'changes' <> 'null' THEN jsonb_build_object('changes', to_jsonb(l) -> 'changes') ELSE '{}' END
         || CASE WHEN to_jsonb(l) -> 'undone_by' <> 'null' THEN jsonb_build_object('undoneBy', to_jsonb(l) -> 'undone_by') ELSE '{}' END AS entry
     FROM ${LEDGER_TABLE} AS l WHERE pipeline = $1 AND load > $2 ORDER BY load`,
    [pipeline, load],
  );
  return rows.map((row) => ({ ...row.entry, load: Number(row.load), publishedAt: row.published_at.toISOString() }));
}
