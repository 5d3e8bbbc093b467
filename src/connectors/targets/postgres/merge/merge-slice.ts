import { quoteIdentifier } from '../../../../engine/quote-identifier';
import { VerificationFailedError } from '../../../../errors/verification-failed-error';
import { accountedRows, type LoadChanges } from '../../../../steps/load/load-changes';
import type { PublishRequest, RelationFacts } from '../../../../steps/load/target';
import { checksumColumns } from '../../../../steps/load/checksum-columns';
import type { PostgresSession } from '../../../postgres/postgres-session';
import { checksumsOf, namedChecksums, WHOLE_ROW, type Checksum } from '../checksum-sql';
import { keepImages } from '../before-images';
import { affectedRows } from '../count-rows';
import { requireStaged } from '../require-staged';
import { factsOf } from '../stage-rows';
import type { TableFacts, TableName } from '../target-table';
import { ensureCurrentKey, ensureKey, ensurePlainIndex } from '../unique-key';
import { gatherSlice, takeFirstOfKeys } from './gather-slice';
import { refuseDuplicateKeys, refuseNullKeys } from './key-faults';
import { mergePlan, type MergePlan } from './merge-plan';
import { closeSql, deleteSql, imagesSql, insertSql, openSql } from './merge-sql';
import { requireMerged } from './require-merged';

export interface MergeRequest {
  readonly publish: PublishRequest;
  readonly name: TableName;
  readonly load: number;
  readonly table: TableFacts;
  /** Whether the table was made in this transaction: then its index comes last, since building once is cheaper. */
  readonly isNew: boolean;
  readonly connection: string;
}

export interface Merged {
  readonly changes: LoadChanges;
  /** Of the rows that the table is to have for the keys of the slice, and of those that it has. */
  readonly expected: RelationFacts;
  readonly found: RelationFacts;
}

/**
 * Merges the staged rows into the table. Other writers wait until the transaction ends, since what they did in between would be counted
 * as ours. Throws `merge-key-invalid`, `staging-lost`, `verification-failed`.
 */
export async function mergeSlice(session: PostgresSession, request: MergeRequest): Promise<Merged> {
  const { publish, name, load, table, isNew, connection } = request;
  await requireStaged(session, publish, connection);
  const gathered = await gatherSlice(session, publish);
  const plan = mergePlan(publish, name, table, gathered.sql, connection);
  await refuseNullKeys(session, plan, connection);
  const deduplicated = plan.isGrouped ? 0 : await oneRowPerKey(session, publish, plan, connection);
  const slice = deduplicated > 0 ? { ...plan, slice: await takeFirstOfKeys(session, publish, plan) } : plan;
  const [counted] = await session.rows<{ rows: string; live: string }>(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE ${slice.live}) AS live FROM ${slice.slice} AS s`,
  );
  const [rows, live] = [Number(counted?.rows), Number(counted?.live)];
  await session.run(`LOCK TABLE ${name.sql} IN SHARE ROW EXCLUSIVE MODE`);
  if (!isNew) await index(session, slice);
  const images = await keepImages(session, { publish, load, select: imagesSql(slice) });
  const { history } = slice;
  const closed = history === null ? null : await affectedRows(session, closeSql(slice, history), [load]);
  const deletion = deleteSql(slice);
  const gone = history === null && deletion !== null ? await affectedRows(session, deletion) : 0;
  const deleted = closed === null ? gone : closed - images.updated;
  const insertion = history === null ? insertSql(slice, isNew) : openSql(slice, history);
  const written = await affectedRows(session, insertion, [load]);
  if (isNew) await index(session, slice);
  const changes: LoadChanges = {
    inserted: written - images.updated,
    updated: images.updated,
    unchanged: live - written,
    marked: rows - live,
    deduplicated,
    deleted,
    ...(closed !== null && { closed }),
  };
  if (deleted !== images.deleted || changes.inserted < 0 || changes.unchanged < 0) {
    throw new VerificationFailedError(
      `${name.sql} changed otherwise than its rows say: ${JSON.stringify({ ...changes, toDelete: images.deleted })}; a trigger or a rule may do so`,
      connection,
    );
  }
  await requireMerged(session, slice, { load, live, written }, connection);
  const checksums = mergeChecksums(publish, slice);
  const expected = await facts(session, `${slice.slice} AS s WHERE ${slice.live}`, checksums);
  const there = `EXISTS (SELECT FROM ${slice.slice} AS s WHERE ${slice.sameKey} AND ${slice.live})`;
  const found = await facts(session, `${name.sql} AS t WHERE ${there}`, checksums);
  for (const made of [gathered.made, slice === plan ? null : slice.slice]) {
    if (made !== null) await session.run(`DROP TABLE ${made}`);
  }
  const total = accountedRows(changes);
  return { changes, expected: { ...expected, rows: totalStaged(publish) }, found: { ...found, rows: total } };
}

/** The rows that have to give way to others with their key. */
async function oneRowPerKey(
  session: PostgresSession,
  publish: PublishRequest,
  plan: MergePlan,
  connection: string,
): Promise<number> {
  if (publish.target.merge?.onDuplicateKey !== 'deduplicate') {
    await refuseDuplicateKeys(session, plan, connection);
    return 0;
  }
  const [row] = await session.rows<{ n: string }>(
    `SELECT coalesce(sum(n - 1), 0) AS n FROM (SELECT count(*) AS n FROM ${plan.slice} AS s GROUP BY ${plan.keys.join(', ')}) g`,
  );
  return Number(row?.n);
}

async function index(session: PostgresSession, { name, keyNames, isGrouped, history }: MergePlan): Promise<void> {
  if (history !== null) return ensureCurrentKey(session, name, keyNames, history.to);
  await (isGrouped ? ensurePlainIndex : ensureKey)(session, name, keyNames);
}

/** A row that was left as it is keeps the file and row that it came from, so that whole rows are compared without them elsewhere. */
function mergeChecksums({ columns, verify }: PublishRequest, { isGrouped }: MergePlan): Checksum[] {
  const named = checksumColumns(verify);
  if (isGrouped) return checksumsOf(columns, named);
  return namedChecksums(columns, named).filter(({ key }) => key !== WHOLE_ROW);
}

async function facts(session: PostgresSession, from: string, checksums: readonly Checksum[]): Promise<RelationFacts> {
  if (checksums.length === 0) return { rows: 0, checksums: {} };
  const sums = checksums.map(
    ({ postgres }, at) => `coalesce(sum(${postgres}), 0)::text AS ${quoteIdentifier(`s${at}`)}`,
  );
  const [row = {}] = await session.rows<Record<string, string>>(
    `SELECT ${['count(*)::text AS rows', ...sums].join(', ')} FROM ${from}`,
  );
  return factsOf(row, checksums);
}

function totalStaged({ staged }: PublishRequest): number {
  return staged.reduce((sum, part) => sum + part.facts.rows, 0);
}
