import { SliceSupersededError } from '../../../errors/slice-superseded-error';
import { TargetConstraintError } from '../../../errors/target-constraint-error';
import { TargetQueryError } from '../../../errors/target-query-error';
import { NO_CHANGES } from '../../../steps/load/load-changes';
import { checksumColumns } from '../../../steps/load/checksum-columns';
import type { PublishRequest, PublishResult, RelationFacts } from '../../../steps/load/target';
import { keptFor } from './before-images';
import { countRows } from './count-rows';
import { copyGeneration, noteGeneration } from './kept-generation';
import { namedChecksums, type Checksum } from './checksum-sql';
import { insertStaged, sumFacts } from './insert-staged';
import { historyColumns, withHistory } from './merge/history-columns';
import { mergeSlice } from './merge/merge-slice';
import { completeLoad, findLoad, insertLoad, newestOtherLoad } from './ledger';
import type { PostgresSession } from '../../postgres/postgres-session';
import { destructiveForeignKey, swapObstacle } from './swap-obstacle';
import { replaceOlderFiles } from './replace-older-files';
import { createLike, takePlace } from './swap-table';
import { checkTable, createTableSql, describeTable, tableName, type TableFacts, type TableName } from './target-table';
import { ensureKey } from './unique-key';
import { verifyLoad } from './verify-load';

/** Loads into one table, one after the other; released with the transaction. */
export const LOCK_TABLE = `SELECT pg_advisory_xact_lock(hashtextextended('sluice:table:' || $1::text, 0))`;

/** All that publishing does up to the commit, inside the transaction of the session. Gives what the commit will make true. */
export async function publishLoad(
  session: PostgresSession,
  request: PublishRequest,
  connection: string,
): Promise<PublishResult> {
  const name = tableName(request.target.table);
  await session.run(LOCK_TABLE, [name.sql]);
  const load = await insertLoad(session, request);
  if (load === null) {
    const stored = await findLoad(session, request.pipeline, request.runId);
    if (stored === null) throw new TargetQueryError('the ledger row of the run came and went', connection);
    return { ...stored, alreadyPublished: true };
  }
  const newest = await newestOtherLoad(session, request.pipeline, request.runId);
  if (newest !== request.expectedPreviousLoad) {
    throw new SliceSupersededError(
      `Load ${newest} of ${request.pipeline} was published after this run was planned at load ${request.expectedPreviousLoad}`,
      connection,
    );
  }
  if (request.target.writeDisposition === 'merge') return publishMerge(session, request, name, load, connection);
  const checksums = namedChecksums(request.columns, checksumColumns(request.verify));
  const deleted = await replaceOlderFiles(session, request, name, load, connection);
  const inserted = await fill(session, request, name, load, checksums, connection);
  const staged = totalOf(request);
  if (request.target.key) await ensureKey(session, name, request.target.key);
  const tableRows = request.target.writeDisposition === 'replace' ? await countRows(session, name.sql) : null;
  const verifications = await verifyLoad(session, request, { staged, inserted, tableRows }, connection);
  const changes = deleted === 0 ? null : { ...NO_CHANGES, inserted: inserted.rows, deleted };
  await completeLoad(session, load, inserted.rows, staged.checksums, verifications, changes);
  await request.beforeCommit();
  return { load, rows: inserted.rows, verifications, ...(changes && { changes }), alreadyPublished: false };
}

/** The same for a merge: the table is read again by the keys of the slice, and each staged row is accounted for. */
async function publishMerge(
  session: PostgresSession,
  request: PublishRequest,
  name: TableName,
  load: number,
  connection: string,
): Promise<PublishResult> {
  let table = await describeTable(session, name, connection);
  const isNew = table === null;
  if (table === null) {
    await session.run(createTableSql(name, withHistory(request.columns, historyColumns(request.target))));
    table = await describeTable(session, name, connection);
  } else table = await evolve(session, table, name, request, connection);
  if (table === null) throw new TargetQueryError(`${name.sql} came and went`, connection);
  const merged = await mergeSlice(session, { publish: request, name, load, table, isNew, connection });
  const { changes, expected, found } = merged;
  const facts = { staged: expected, inserted: found, tableRows: null };
  const verifications = await verifyLoad(session, request, facts, connection);
  await completeLoad(session, load, found.rows, expected.checksums, verifications, changes);
  await request.beforeCommit();
  return { load, rows: found.rows, verifications, changes, alreadyPublished: false };
}

/** Brings the rows into the table as the write disposition says; makes the table when there is none. */
async function fill(
  session: PostgresSession,
  publish: PublishRequest,
  name: TableName,
  load: number,
  checksums: readonly Checksum[],
  connection: string,
): Promise<RelationFacts> {
  const into = { publish, load, checksums, connection };
  let table = await describeTable(session, name, connection);
  if (table === null) {
    await session.run(createTableSql(name, publish.columns));
    table = await describeTable(session, name, connection);
    if (publish.target.writeDisposition === 'replace') await noteGeneration(session, load, 0, keptFor(publish));
    return insertStaged(session, { ...into, into: name.sql, columns: table?.columns ?? null, emptyFirst: false });
  }
  table = await evolve(session, table, name, publish, connection);
  const plain = { ...into, into: name.sql, columns: table.columns };
  if (publish.target.writeDisposition === 'append') return insertStaged(session, { ...plain, emptyFirst: false });
  if ((await swapObstacle(session, table.oid, name)) === null) {
    const fresh = await createLike(session, table.oid, name, load);
    const facts = await insertStaged(session, { ...plain, into: fresh.sql, emptyFirst: false });
    const before = await takePlace(session, table.oid, name, fresh, load);
    await noteGeneration(session, load, before, keptFor(publish));
    return facts;
  }
  const key = await destructiveForeignKey(session, table.oid);
  if (key !== null) {
    throw new TargetConstraintError(
      `the foreign key ${key} would delete or change rows when ${name.sql} is replaced`,
      connection,
    );
  }
  await noteGeneration(session, load, await copyGeneration(session, name, load), keptFor(publish));
  return insertStaged(session, { ...plain, emptyFirst: true });
}

/** Checks the table, and lets it follow the pipeline's columns where it may; the change is part of the transaction. */
async function evolve(
  session: PostgresSession,
  table: TableFacts,
  name: TableName,
  { target, columns, evolution }: PublishRequest,
  connection: string,
): Promise<TableFacts> {
  const all = withHistory(columns, historyColumns(target));
  const statements = checkTable(table, name, all, connection, evolution);
  for (const statement of statements) await session.run(statement);
  return statements.length === 0 ? table : ((await describeTable(session, name, connection)) ?? table);
}

/** What staging stated, added up over the partitions. */
function totalOf({ staged }: PublishRequest): RelationFacts {
  const keys = Object.keys(staged[0]?.facts.checksums ?? {}).map((key) => ({ key }));
  return sumFacts(
    staged.map(({ facts }) => facts),
    keys,
  );
}
