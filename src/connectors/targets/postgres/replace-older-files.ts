import { ChangedFileError } from '../../../errors/changed-file-error';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import { SYSTEM_COLUMNS } from '../../../model/column';
import type { LedgerEntry, PublishRequest } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { keepImages } from './before-images';
import { readLedger } from './ledger';
import type { TableName } from './target-table';

/** The rows of one file of one load; of all files where `file` is null. */
interface FileRows {
  readonly load: number;
  readonly file: number | null;
}

/**
 * Takes out what earlier versions of the slice's files had loaded, also by way of a release from quarantine, and keeps it for an undo. Gives the rows
 * taken out. Throws `changed-file` where they cannot be told from others.
 */
export async function replaceOlderFiles(
  session: PostgresSession,
  publish: PublishRequest,
  name: TableName,
  load: number,
  connection: string,
): Promise<number> {
  const { slice, pipeline } = publish;
  if (slice.kind !== 'files' || publish.replacesFiles !== true) return 0;
  const ledger = (await readLedger(session, pipeline, 0)).filter(
    (entry) => entry.load < load && entry.undoneBy === undefined,
  );
  const paths = new Set(slice.files.map(({ path }) => path));
  const older = ledger.flatMap((entry) => rowsOf(entry, paths, ledger));
  if (older.length === 0) return 0;
  await refuseMixed(session, name, older, connection);
  const where = older.map(conditionOf).join(' OR ');
  const images = await keepImages(session, {
    publish,
    load,
    select: `SELECT 'delete' AS _sluice_operation, t.* FROM ${name.sql} AS t WHERE ${where}`,
  });
  const [row] = await session.rows<{ n: string }>(
    `WITH gone AS (DELETE FROM ${name.sql} AS t WHERE ${where} RETURNING 1) SELECT count(*) AS n FROM gone`,
  );
  const deleted = Number(row?.n);
  if (deleted !== images.deleted) {
    throw new VerificationFailedError(
      `${deleted} of ${images.deleted} rows of older files were taken out of ${name.sql}`,
      connection,
    );
  }
  return deleted;
}

function rowsOf(entry: LedgerEntry, paths: ReadonlySet<string>, ledger: readonly LedgerEntry[]): FileRows[] {
  const { slice, load } = entry;
  if (slice.kind === 'files') {
    const isAlone = slice.files.length === 1;
    return slice.files.flatMap(({ path }, file) => (paths.has(path) ? [{ load, file: isAlone ? null : file }] : []));
  }
  if (slice.kind !== 'release') return [];
  // Released rows carry the file numbers of the run that had quarantined them.
  return slice.runs.flatMap((runId) => {
    const origin = ledger.find((one) => one.runId === runId);
    if (origin?.slice.kind !== 'files') return [];
    return origin.slice.files.flatMap(({ path }, file) => (paths.has(path) ? [{ load, file }] : []));
  });
}

/** Rows that a step made of the rows of several files belong to none of them. */
async function refuseMixed(
  session: PostgresSession,
  name: TableName,
  older: readonly FileRows[],
  connection: string,
): Promise<void> {
  const loads = older.filter(({ file }) => file !== null).map(({ load }) => load);
  const [row] = await session.rows<{ load: string | null }>(
    `SELECT min(${SYSTEM_COLUMNS.load}) AS load FROM ${name.sql} WHERE ${SYSTEM_COLUMNS.load} = ANY($1::bigint[]) AND ${SYSTEM_COLUMNS.file} < 0`,
    [loads],
  );
  if ((row?.load ?? null) === null) return;
  throw new ChangedFileError(
    `Load ${row?.load} of ${name.sql} holds rows that steps made of several files, one of which has changed since`,
    connection,
  );
}

/** Numbers of ours, so that nothing has to be bound: CREATE TABLE AS takes no values. */
function conditionOf({ load, file }: FileRows): string {
  const own = `t.${SYSTEM_COLUMNS.load} = ${Math.trunc(load)}`;
  return file === null ? `(${own})` : `(${own} AND t.${SYSTEM_COLUMNS.file} = ${Math.trunc(file)})`;
}
