import { quoteIdentifier } from '../../../engine/quote-identifier';
import { StagingLostError } from '../../../errors/staging-lost-error';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import type { PublishRequest, RelationFacts } from '../../../steps/load/target';
import { checksumsOf, WHOLE_ROW } from './checksum-sql';
import type { PostgresSession } from '../../postgres/postgres-session';
import { postgresFacts } from './stage-rows';
import { readStagingComment } from './staging-comment';
import { STAGING_SCHEMA, stagingTable } from './staging-name';

type Staged = PublishRequest['staged'][number];

/**
 * Holds every staging table against what staging stated, and keeps writers out until the transaction ends. Staging summed the rows up and
 * noted its transaction; rows that are as many, and all of that transaction, are those very rows, so that their texts need not be
 * summed up again. Throws `staging-lost` when a table is gone or empty, `verification-failed` when rows were taken, added or changed.
 */
export async function requireStaged(
  session: PostgresSession,
  publish: PublishRequest,
  connection: string,
): Promise<void> {
  const names = publish.staged.map(({ partition }) => stagingTable(publish.runId, publish.pipeline, partition));
  if (names.length === 0) return;
  const there = await session.rows<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = ANY($2::text[])`,
    [STAGING_SCHEMA, names],
  );
  const found = new Set(there.map(({ name }) => name));
  const lost = publish.staged.filter((_, index) => !found.has(names[index] ?? '')).map(({ partition }) => partition);
  if (lost.length > 0)
    throw new StagingLostError(`The staged rows of partition ${lost.join(', ')} are gone`, connection);
  const tables = names.map((name) => `${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`);
  await session.run(`LOCK TABLE ${tables.join(', ')} IN SHARE MODE`);
  for (const [index, part] of publish.staged.entries()) {
    await requirePartition(session, publish, part, names[index] ?? '', connection);
  }
}

async function requirePartition(
  session: PostgresSession,
  publish: PublishRequest,
  { partition, facts }: Staged,
  name: string,
  connection: string,
): Promise<void> {
  const what = `Staged partition ${partition}`;
  const comment = await readStagingComment(session, name);
  if (comment === null || !/^\d+$/.test(comment.xid)) {
    const named = Object.keys(facts.checksums).filter((key) => key !== WHOLE_ROW);
    const now = await postgresFacts(session, name, checksumsOf(publish.columns, named));
    if (!sameFacts(facts, now)) throw factsDiffer(what, facts, now, connection);
    return;
  }
  const [counted] = await session.rows<{ rows: string; touched: string }>(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE xmin <> $1::xid) AS touched
     FROM ${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`,
    [comment.xid],
  );
  const rows = Number(counted?.rows);
  if (rows === 0 && facts.rows > 0) {
    // A crash of the server empties unlogged tables.
    throw new StagingLostError(`The staging table of partition ${partition} is empty`, connection);
  }
  if (rows !== facts.rows) throw factsDiffer(what, facts, { rows, checksums: {} }, connection);
  if (counted?.touched !== '0') {
    throw new VerificationFailedError(
      `${what}: ${counted?.touched} rows were changed after they were staged`,
      connection,
    );
  }
  if (!sameFacts(facts, comment.facts)) throw factsDiffer(what, facts, comment.facts, connection);
}

/** Whether counts are the same, and the checksums that both have. */
export function sameFacts(a: RelationFacts, b: RelationFacts): boolean {
  return (
    a.rows === b.rows && Object.entries(a.checksums).every(([key, value]) => (b.checksums[key] ?? value) === value)
  );
}

/** The failure that says how facts differ; `where` names rows, where they are known. */
export function factsDiffer(
  what: string,
  expected: RelationFacts,
  actual: RelationFacts,
  connection: string,
  where = '',
): VerificationFailedError {
  const faults = expected.rows === actual.rows ? [] : [`${actual.rows} rows instead of ${expected.rows}`];
  for (const [key, value] of Object.entries(expected.checksums)) {
    const other = actual.checksums[key];
    if (other !== undefined && other !== value) faults.push(`checksum(${key}) ${other} instead of ${value}`);
  }
  if (where !== '') faults.push(where);
  return new VerificationFailedError(`${what} is not what was staged: ${faults.join('; ')}`, connection);
}
