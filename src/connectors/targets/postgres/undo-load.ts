import { quoteIdentifier } from '../../../engine/quote-identifier';
import { UndoNotPossibleError } from '../../../errors/undo-not-possible-error';
import { NO_ROWS } from '../../../model/counts';
import type { Slice } from '../../../model/slice';
import { SYSTEM_COLUMNS } from '../../../model/column';
import type { LoadChanges } from '../../../steps/load/load-changes';
import { refuseLaterLoads, type LaterLoad } from '../../../steps/load/refuse-later-loads';
import type { UndoRequest, UndoResult } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { imagesTable } from './before-images';
import { affectedRows } from './count-rows';
import { generationTable } from './kept-generation';
import { LEDGER_TABLE } from './ledger';
import { LOCK_TABLE } from './publish-load';
import { tableName, type TableName } from './target-table';

const LOAD = SYSTEM_COLUMNS.load;

/** What the ledger says of a load that is to be taken back. */
interface Load {
  readonly load: number;
  readonly table: string;
  readonly disposition: string;
  readonly slice: Slice;
  readonly rows: number;
  readonly changes: LoadChanges | null;
  /** Rows that a replace had found; null when nothing is known about them. */
  readonly before: number | null;
  readonly undoneBy: number | null;
}

/**
 * Takes a load back, inside the transaction of the session. Every count is compared with what the load had noted, so that what somebody changed
 * since is never thrown away. Throws `undo-not-possible`.
 */
export async function undoLoad(session: PostgresSession, request: UndoRequest): Promise<UndoResult> {
  const name = tableName(request.target.table);
  await session.run(LOCK_TABLE, [name.sql]);
  const entry = await entryOf(session, request);
  if (entry === null) {
    throw new UndoNotPossibleError(
      `${request.runId} has published nothing of ${request.pipeline}`,
      'Nothing has to be undone.',
    );
  }
  if (entry.undoneBy !== null) {
    return { load: entry.undoneBy, of: entry.load, ...(await figuresOf(session, entry.undoneBy)), alreadyUndone: true };
  }
  const isReplace = entry.disposition === 'replace';
  refuseLaterLoads(
    { ...entry, pipeline: request.pipeline },
    await laterLoads(session, entry),
    (later) => isReplace || later.writeDisposition === 'replace',
  );
  const before = await keptRows(session, entry);
  await session.run(`LOCK TABLE ${name.sql} IN SHARE ROW EXCLUSIVE MODE`);
  await refuseChanged(session, name, entry);
  if (request.dryRun) {
    return { load: entry.load, of: entry.load, removed: entry.rows, restored: before?.rows ?? 0, alreadyUndone: false };
  }
  const removed = await affectedRows(session, `DELETE FROM ${name.sql} WHERE ${LOAD} = $1`, [entry.load]);
  const restored = before === null ? 0 : await restore(session, name, before.table);
  if (before !== null && restored !== before.rows) {
    throw new UndoNotPossibleError(
      `${restored} of ${before.rows} kept rows went back into ${name.sql}; a trigger or rule may keep them out`,
    );
  }
  const [made] = await session.rows<{ load: string }>(
    `INSERT INTO ${LEDGER_TABLE} (run_id, pipeline, target_table, write_disposition, slice, definition_hash, counts, row_count, before)
     VALUES ($1, $2, $3, 'undo', $4, '', $5, 0, $6) RETURNING load`,
    [
      request.undoId,
      request.pipeline,
      entry.table,
      JSON.stringify({ kind: 'undo', of: entry.load }),
      JSON.stringify(NO_ROWS),
      JSON.stringify({ removed, restored }),
    ],
  );
  const load = Number(made?.load);
  await session.run(`UPDATE ${LEDGER_TABLE} SET undone_by = $2 WHERE load = $1`, [entry.load, load]);
  if (before !== null) await session.run(`DROP TABLE ${before.table}`);
  return { load, of: entry.load, removed, restored, alreadyUndone: false };
}

/** What an undo did, as it noted it. */
async function figuresOf(session: PostgresSession, load: number): Promise<Pick<UndoResult, 'removed' | 'restored'>> {
  const [row] = await session.rows<{ before: Pick<UndoResult, 'removed' | 'restored'> }>(
    `SELECT before FROM ${LEDGER_TABLE} WHERE load = $1`,
    [load],
  );
  return row?.before ?? { removed: 0, restored: 0 };
}

async function entryOf(session: PostgresSession, { pipeline, runId }: UndoRequest): Promise<Load | null> {
  const [row] = await session.rows<{
    load: string;
    target_table: string;
    write_disposition: string;
    slice: Slice;
    row_count: string;
    changes: LoadChanges | null;
    before: { rows: number } | null;
    undone_by: string | null;
  }>(
    `SELECT load, target_table, write_disposition, slice, row_count, changes, before, undone_by FROM ${LEDGER_TABLE}
     WHERE pipeline = $1 AND run_id = $2`,
    [pipeline, runId],
  );
  if (row === undefined) return null;
  return {
    load: Number(row.load),
    table: row.target_table,
    disposition: row.write_disposition,
    slice: row.slice,
    rows: writtenRows(row),
    changes: row.changes,
    before: row.before?.rows ?? null,
    undoneBy: row.undone_by === null ? null : Number(row.undone_by),
  };
}

/** A merge leaves rows as they are that say the same. */
function writtenRows({ changes, row_count }: { changes: LoadChanges | null; row_count: string }): number {
  return changes === null ? Number(row_count) : changes.inserted + changes.updated + (changes.closed ?? 0);
}

/** Loads of the same table that came later, whichever pipeline made them. */
async function laterLoads(session: PostgresSession, entry: Load): Promise<LaterLoad[]> {
  const later = await session.rows<Omit<LaterLoad, 'load'> & { load: string }>(
    `SELECT load, run_id AS "runId", pipeline, write_disposition AS "writeDisposition", slice ->> 'kind' AS kind FROM ${LEDGER_TABLE}
     WHERE target_table = $1 AND load > $2 AND undone_by IS NULL AND slice ->> 'kind' <> 'undo' ORDER BY load`,
    [entry.table, entry.load],
  );
  return later.map((one) => ({ ...one, load: Number(one.load) }));
}

interface KeptRows {
  readonly table: string;
  readonly rows: number;
}

/** Where the rows stand that the load replaced, changed or deleted; null when there were none. Throws when they are not kept any more. */
async function keptRows(session: PostgresSession, entry: Load): Promise<KeptRows | null> {
  const { load, disposition, changes, before } = entry;
  const table = disposition === 'replace' ? generationTable(load) : imagesTable(load);
  const rows = disposition === 'replace' ? before : (changes?.updated ?? 0) + (changes?.deleted ?? 0);
  if (rows === 0) return null;
  const [there] = await session.rows<{ yes: boolean }>('SELECT to_regclass($1) IS NOT NULL AS yes', [table]);
  if (rows !== null && there?.yes === true) return { table, rows };
  throw new UndoNotPossibleError(
    `What load ${load} put in place of is not kept any more: target.undo.keepFor says how long it is`,
    'Correct the data at the source and load it again, or restore the database to a moment before the load.',
  );
}

/** Throws when the table does not hold exactly what the load left in it. */
async function refuseChanged(session: PostgresSession, name: TableName, entry: Load): Promise<void> {
  const [row] = await session.rows<{ own: string; all: string }>(
    `SELECT count(*) FILTER (WHERE ${LOAD} = $1) AS own, count(*) AS all FROM ${name.sql}`,
    [entry.load],
  );
  const own = Number(row?.own);
  if (own !== entry.rows) {
    throw new UndoNotPossibleError(
      `${name.sql} holds ${own} of the ${entry.rows} rows that load ${entry.load} wrote: the others were changed or deleted since`,
    );
  }
  if (entry.disposition === 'replace' && Number(row?.all) !== own) {
    throw new UndoNotPossibleError(
      `${name.sql} holds ${Number(row?.all) - own} rows beside those of load ${entry.load}`,
    );
  }
}

/** Puts kept rows back, in the columns that both have; columns that came since stay empty. */
async function restore(session: PostgresSession, name: TableName, kept: string): Promise<number> {
  const columns = await session.rows<{ name: string }>(
    `SELECT t.attname AS name FROM pg_attribute t JOIN pg_attribute k ON k.attname = t.attname
     WHERE t.attrelid = $1::regclass AND k.attrelid = $2::regclass AND t.attnum > 0 AND k.attnum > 0
       AND NOT t.attisdropped AND NOT k.attisdropped AND t.attgenerated = '' ORDER BY t.attnum`,
    [name.sql, kept],
  );
  const list = columns.map((column) => quoteIdentifier(column.name)).join(', ');
  return affectedRows(session, `INSERT INTO ${name.sql} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${kept}`);
}
