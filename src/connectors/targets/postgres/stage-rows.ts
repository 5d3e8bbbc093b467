import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { EngineSession, EngineValue } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { TargetValueError } from '../../../errors/target-value-error';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';
import type { RelationFacts, StageRequest } from '../../../steps/load/target';
import { copyText } from './canonical-text';
import { checksumsOf, type Checksum } from './checksum-sql';
import { postgresErrorOf } from '../../postgres/postgres-error-of';
import type { PostgresSession } from '../../postgres/postgres-session';
import { stagingType } from '../../postgres/postgres-type';
import { writeStagingComment } from './staging-comment';
import { STAGING_SCHEMA, stagingTable } from './staging-name';

const SYSTEM = [SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row];

/** Whatever stages a partition holds this lock, so that two at once do it in turn. */
export function stagingSql(name: string, columns: readonly Column[]): readonly string[] {
  const sql = `${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`;
  const own = columns.map((column) => `${quoteIdentifier(column.name)} ${stagingType(column.type)}`);
  const names = [...columns.map((column) => column.name), ...SYSTEM].map(quoteIdentifier).join(', ');
  return [
    `SELECT pg_advisory_xact_lock(hashtextextended('sluice:staging:${name}', 0))`,
    `DROP TABLE IF EXISTS ${sql}`,
    `CREATE UNLOGGED TABLE ${sql} (${[...own, `${SYSTEM_COLUMNS.file} integer`, `${SYSTEM_COLUMNS.row} bigint`].join(', ')})`,
    `COPY ${sql} (${names}) FROM STDIN (FORMAT csv, NULL '', FREEZE)`,
  ];
}

/**
 * Copies one partition into its staging table, in one transaction: doing it again replaces what an earlier attempt left. Facts are
 * those of the database; they must be the engine's, else `verification-failed`.
 */
export async function stageRows(
  session: PostgresSession,
  request: StageRequest,
  connection: string,
): Promise<RelationFacts> {
  const { runId, pipeline, partition, columns, engine, file } = request;
  const checksums = checksumsOf(columns, request.checksumColumns ?? []);
  const name = stagingTable(runId, pipeline, partition);
  const relation = `read_parquet(${quoteLiteral(file)})`;
  const expected = await engineFacts(engine, relation, checksums);
  const csv = join(engine.scratchFolder, `copy-${randomUUID()}.csv`);
  try {
    await engine.run(
      `COPY (${copySelect(columns, relation)}) TO ${quoteLiteral(csv)} (FORMAT csv, HEADER false, NULLSTR '')`,
    );
    const [lock = '', drop = '', create = '', copy = ''] = stagingSql(name, columns);
    await session.run('BEGIN');
    await session.run(lock);
    await session.run(drop);
    await session.run(create);
    try {
      await streamPipeline(createReadStream(csv, { highWaterMark: 1 << 20 }), session.client.query(copyFrom(copy)));
    } catch (error) {
      const fault = postgresErrorOf(error, connection);
      throw fault instanceof TargetValueError ? await explainNul(engine, relation, columns, fault, connection) : fault;
    }
    const staged = await postgresFacts(session, name, checksums);
    refuseDifference(expected, staged, partition, connection);
    await writeStagingComment(session, name, request, staged);
    await session.run('COMMIT');
    return staged;
  } finally {
    await rm(csv, { force: true });
  }
}

/** Count and checksums of a staging table, as it is now. */
export async function postgresFacts(
  session: PostgresSession,
  name: string,
  checksums: readonly Checksum[],
): Promise<RelationFacts> {
  const sums = checksums.map(({ postgres }, index) => `coalesce(sum(${postgres}), 0)::text AS s${index}`);
  const [row = {}] = await session.rows<Record<string, string>>(
    `SELECT ${['count(*)::text AS rows', ...sums].join(', ')} FROM ${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`,
  );
  return factsOf(row, checksums);
}

/** Facts from a row with `rows` and `s0`, `s1`, ... */
export function factsOf(row: Readonly<Record<string, EngineValue>>, checksums: readonly Checksum[]): RelationFacts {
  return {
    rows: Number(row['rows'] ?? 0),
    checksums: Object.fromEntries(checksums.map(({ key }, index) => [key, zeroOr(String(row[`s${index}`] ?? '0'))])),
  };
}

/** `0.00` and `0` are the same sum of nothing. */
function zeroOr(sum: string): string {
  return /^-?0(\.0*)?$/.test(sum) ? '0' : sum;
}

async function engineFacts(
  engine: EngineSession,
  relation: string,
  checksums: readonly Checksum[],
): Promise<RelationFacts> {
  const values = checksums.map(({ engine: value }, index) => `${value} AS v${index}`);
  const sums = checksums.map(({ engineSum }, index) => `coalesce(${engineSum(`v${index}`)}, '0') AS s${index}`);
  const [row = {}] = await engine.rows(
    `SELECT ${['count(*) AS rows', ...sums].join(', ')} FROM (SELECT ${values.join(', ')} FROM ${relation})`,
  );
  return factsOf(row, checksums);
}

function copySelect(columns: readonly Column[], relation: string): string {
  const own = columns.map((column) => `${copyText(column)} AS ${quoteIdentifier(column.name)}`);
  return `SELECT ${[...own, ...SYSTEM].join(', ')} FROM ${relation}`;
}

function refuseDifference(expected: RelationFacts, staged: RelationFacts, partition: number, connection: string): void {
  const faults = expected.rows === staged.rows ? [] : [`${staged.rows} rows instead of ${expected.rows}`];
  for (const [key, value] of Object.entries(expected.checksums)) {
    const actual = staged.checksums[key];
    if (actual !== value) faults.push(`checksum(${key}) ${actual} instead of ${value}`);
  }
  if (faults.length > 0) {
    throw new VerificationFailedError(`Partition ${partition} arrived differently: ${faults.join('; ')}`, connection);
  }
}

/** PostgreSQL does not say which column held a NUL. */
async function explainNul(
  engine: EngineSession,
  relation: string,
  columns: readonly Column[],
  fault: TargetValueError,
  connection: string,
): Promise<TargetValueError> {
  const texts = columns.filter(({ type }) => type === 'string' || type === 'json');
  const counts = texts.map(({ name }, i) => `count(*) FILTER (contains(${quoteIdentifier(name)}, chr(0))) AS n${i}`);
  if (counts.length === 0) return fault;
  const [row = {}] = await engine.rows(`SELECT ${counts.join(', ')} FROM ${relation}`);
  const held = texts.flatMap(({ name }, i) =>
    Number(row[`n${i}`]) > 0 ? [`${name} in ${String(row[`n${i}`])} rows`] : [],
  );
  if (held.length === 0) return fault;
  return new TargetValueError(`texts hold a NUL, which PostgreSQL has no place for: ${held.join(', ')}`, connection);
}
