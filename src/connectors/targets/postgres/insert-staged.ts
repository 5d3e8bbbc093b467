import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';
import type { PublishRequest, RelationFacts } from '../../../steps/load/target';
import type { Checksum } from './checksum-sql';
import { exactSum } from './exact-sum';
import type { PostgresSession } from '../../postgres/postgres-session';
import { differingRows } from './differing-rows';
import { factsDiffer, requireStaged, sameFacts } from './require-staged';
import { factsOf } from './stage-rows';
import { STAGING_SCHEMA, stagingTable } from './staging-name';
import type { TableColumn } from './target-table';

type Staged = PublishRequest['staged'][number];

export interface InsertRequest {
  readonly publish: PublishRequest;
  readonly load: number;
  /** Quoted name of the table to insert into, and its columns. */
  readonly into: string;
  readonly columns: readonly TableColumn[] | null;
  readonly checksums: readonly Checksum[];
  /** Deletes everything first, in the same statement: so that foreign keys to rows that come back are content. */
  readonly emptyFirst: boolean;
  readonly connection: string;
}

/**
 * Inserts the staged rows and gives the facts of what the table took in, as the command counts them or `RETURNING` has them, without reading the table again.
 * Throws `staging-lost` or `verification-failed` when the staged rows are not what staging stated.
 */
export async function insertStaged(session: PostgresSession, request: InsertRequest): Promise<RelationFacts> {
  const { publish, emptyFirst, checksums, connection } = request;
  await requireStaged(session, publish, connection);
  // One partition at a time keeps PostgreSQL's temporary files small.
  const batches = emptyFirst || publish.staged.length === 0 ? [publish.staged] : publish.staged.map((part) => [part]);
  const found: RelationFacts[] = [];
  for (const batch of batches) {
    const facts = await insertBatch(session, request, batch);
    const expected = sumFacts(
      batch.map((part) => part.facts),
      checksums,
    );
    if (!sameFacts(expected, facts)) {
      const { load, into } = request;
      const partitions = batch.map(({ partition }) => partition);
      const where = await differingRows(session, { publish, load, into, partitions });
      throw factsDiffer(`What ${into} took in`, expected, facts, connection, where);
    }
    found.push(facts);
  }
  return sumFacts(found, checksums);
}

/** Adds the facts of parts. */
export function sumFacts(parts: readonly RelationFacts[], checksums: readonly Pick<Checksum, 'key'>[]): RelationFacts {
  return {
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    checksums: Object.fromEntries(
      checksums.map(({ key }) => {
        const sum = exactSum(parts.map((part) => part.checksums[key] ?? '0'));
        return [key, /^0(\.0*)?$/.test(sum) ? '0' : sum];
      }),
    ),
  };
}

async function insertBatch(
  session: PostgresSession,
  request: InsertRequest,
  batch: readonly Staged[],
): Promise<RelationFacts> {
  const { load, checksums, emptyFirst } = request;
  // Where nothing is summed the command's own count will do: RETURNING would hold every row once more.
  if (checksums.length === 0 && !emptyFirst) {
    return { rows: await session.changed(insertSql(request, batch), [load]), checksums: {} };
  }
  const returning = ['1', ...checksums.map(({ postgres }, index) => `${postgres} AS v${index}`)];
  const sums = checksums.map((_, index) => `coalesce(sum(v${index}), 0)::text AS s${index}`);
  const [row = {}] = await session.rows<Record<string, string>>(
    `${insertPart(request, batch)} RETURNING ${returning.join(', ')}) SELECT ${['count(*)::text AS rows', ...sums].join(', ')} FROM inserted`,
    [load],
  );
  return factsOf(row, checksums);
}

/** The same as one of several parts of a statement, up to its RETURNING. */
function insertPart(request: InsertRequest, batch: readonly Staged[]): string {
  const insert = `inserted AS (${insertSql(request, batch)}`;
  if (!request.emptyFirst) return `WITH ${insert}`;
  // Reading the count of deleted rows makes the deletion come first.
  return `WITH deleted AS (DELETE FROM ${request.into} RETURNING 1), gone AS (SELECT count(*) AS n FROM deleted), ${insert} WHERE (SELECT n FROM gone) >= 0`;
}

/** The statement; `$1` is the load. */
function insertSql({ publish, into, columns }: InsertRequest, batch: readonly Staged[]): string {
  const names = publish.columns.map(({ name }) => quoteIdentifier(name));
  const { load, file, row } = SYSTEM_COLUMNS;
  const select = [...publish.columns.map((column) => valueSql(column, columns)), '$1::bigint', file, row].join(', ');
  const tables = batch.map(({ partition }) => `SELECT * FROM ${stagingSqlName(publish, partition)}`);
  const from = tables.length > 0 ? `(${tables.join(' UNION ALL ')}) AS staged` : '(SELECT WHERE false) AS staged';
  const list = tables.length > 0 ? select : `${[...names.map(() => 'NULL'), '$1::bigint', '0', '0'].join(', ')}`;
  return `INSERT INTO ${into} (${[...names, load, file, row].join(', ')}) SELECT ${list} FROM ${from}`;
}

function valueSql({ name, type }: Column, columns: readonly TableColumn[] | null): string {
  const formatted = columns?.find((column) => column.name === name)?.formatted ?? 'jsonb';
  return type === 'json' ? `${quoteIdentifier(name)}::${formatted}` : quoteIdentifier(name);
}

function stagingSqlName({ runId, pipeline }: PublishRequest, partition: number): string {
  return `${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(stagingTable(runId, pipeline, partition))}`;
}
