import { ChangedFileError } from '../../../errors/changed-file-error';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import { SYSTEM_COLUMNS } from '../../../model/column';
import type { FileVersion } from '../../../model/slice';
import type { PublishRequest } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { keepImages } from './before-images';
import { affectedRows } from './count-rows';
import { LEDGER_TABLE } from './ledger';
import { describeTable, type TableName } from './target-table';

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
  const older = await olderRows(session, pipeline, load, slice.files);
  if (older.length === 0 || (await describeTable(session, name, connection)) === null) return 0;
  await refuseMixed(session, name, older, connection);
  const where = older.map(conditionOf).join(' OR ');
  const images = await keepImages(session, {
    publish,
    load,
    select: `SELECT 'delete' AS _sluice_operation, t.* FROM ${name.sql} AS t WHERE ${where}`,
  });
  const deleted = await affectedRows(session, `DELETE FROM ${name.sql} AS t WHERE ${where}`);
  if (deleted !== images.deleted) {
    throw new VerificationFailedError(
      `${deleted} of ${images.deleted} rows of older files were taken out of ${name.sql}`,
      connection,
    );
  }
  return deleted;
}

/**
 * What earlier versions of files loaded, and stands. The ledger is searched where it is, since it grows with every load. Released rows carry the file
 * numbers of the run that had quarantined them.
 */
async function olderRows(
  session: PostgresSession,
  pipeline: string,
  load: number,
  files: readonly FileVersion[],
): Promise<FileRows[]> {
  const found = await session.rows<{ load: string; file: string; alone: boolean }>(
    `WITH standing AS (SELECT * FROM ${LEDGER_TABLE} WHERE pipeline = $1 AND load < $2 AND undone_by IS NULL),
     loaded AS (SELECT l.load, l.run_id, f.number - 1 AS file, jsonb_array_length(l.slice -> 'files') = 1 AS alone
       FROM standing AS l, jsonb_array_elements(l.slice -> 'files') WITH ORDINALITY AS f(version, number)
       WHERE f.version ->> 'path' = ANY($3::text[]))
     SELECT load, file, alone FROM loaded
     UNION ALL
     SELECT r.load, o.file, false FROM standing AS r JOIN loaded AS o ON r.slice -> 'runs' ? o.run_id
     WHERE r.slice ->> 'kind' = 'release'`,
    [pipeline, load, files.map(({ path }) => path)],
  );
  return found.map((one) => ({ load: Number(one.load), file: one.alone ? null : Number(one.file) }));
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
