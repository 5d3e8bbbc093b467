import type { VerifyRule } from '../../../config/schema/pipeline';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import { SluiceError } from '../../../errors/sluice-error';
import type { VerificationResult } from '../../../model/check-result';
import type { PublishRequest, RelationFacts } from '../../../steps/load/target';
import { isConnectionLoss, postgresErrorOf } from '../../postgres/postgres-error-of';
import type { PostgresSession } from '../../postgres/postgres-session';
import { WHOLE_ROW } from './checksum-sql';

/** The type's number in every PostgreSQL. https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_type.dat */
const BOOLEAN = 16;

/** What the rules are held against. */
export interface LoadFacts {
  /** What staging stated, added up. */
  readonly staged: RelationFacts;
  /** What the table took in. */
  readonly inserted: RelationFacts;
  /** Rows in the whole table, for a replace; null for an append. */
  readonly tableRows: number | null;
}

/** Runs every rule inside the publishing transaction. Throws `verification-failed` naming each that failed, with its figures. */
export async function verifyLoad(
  session: PostgresSession,
  request: PublishRequest,
  facts: LoadFacts,
  connection: string,
): Promise<VerificationResult[]> {
  const results: VerificationResult[] = [];
  for (const rule of request.verify) results.push(...(await verify(session, rule, facts, connection)));
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const each = failed.map(({ name, expected, actual }) => `${name} (expected ${expected}, found ${actual})`);
    throw new VerificationFailedError(`Verification failed before the commit: ${each.join('; ')}`, connection);
  }
  return results;
}

async function verify(
  session: PostgresSession,
  rule: VerifyRule,
  { staged, inserted, tableRows }: LoadFacts,
  connection: string,
): Promise<VerificationResult[]> {
  if ('rowCount' in rule) {
    const expected = String(staged.rows);
    const actual = String(tableRows ?? inserted.rows);
    return [{ name: 'rowCount', passed: expected === actual, expected, actual }];
  }
  if ('checksum' in rule) {
    const keys = rule.checksum === '*' ? Object.keys(staged.checksums) : rule.checksum;
    return keys.map((key) => {
      const expected = staged.checksums[key] ?? 'no such column';
      const actual = inserted.checksums[key] ?? 'no such column';
      const passed = staged.checksums[key] !== undefined && expected === actual;
      return { name: `checksum(${key === WHOLE_ROW ? 'row' : key})`, passed, expected, actual };
    });
  }
  const actual = await assertion(session, rule.sql, connection);
  return [{ name: rule.name ?? rule.sql, passed: actual === 'true', expected: 'true', actual }];
}

/** Runs an author's statement: read only, one statement, undone afterwards. Gives its one value as text. */
async function assertion(session: PostgresSession, sql: string, connection: string): Promise<string> {
  if (!/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(select|with|values|table)\b/i.test(sql)) {
    throw new VerificationFailedError(`A verify statement must be a SELECT: ${sql.slice(0, 120)}`, connection);
  }
  await session.run('SAVEPOINT verify');
  await session.run('SET LOCAL transaction_read_only = on');
  let rows: unknown[][];
  let types: number[];
  try {
    // The extended protocol takes one statement only.
    const query = { text: sql, rowMode: 'array', queryMode: 'extended' } as const;
    const answer = await session.client.query<unknown[]>(query);
    rows = answer.rows;
    types = answer.fields.map(({ dataTypeID }) => dataTypeID);
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    if (isConnectionLoss(error)) throw postgresErrorOf(error, connection);
    const message = error instanceof Error ? error.message.replace(/"[^"]*"/g, '"..."') : 'unknown';
    throw new VerificationFailedError(
      `The verify statement ${sql.slice(0, 120)} cannot be run: ${message}`,
      connection,
    );
  }
  await session.run('ROLLBACK TO SAVEPOINT verify');
  const values = rows[0] ?? [];
  if (rows.length !== 1 || values.length !== 1) return `${rows.length} rows of ${values.length} columns`;
  // A text 'true', or a 1, may be there by mistake: what is to hold is said as a condition.
  if (types[0] !== BOOLEAN) return 'a value that is no boolean';
  return String(values[0]);
}
