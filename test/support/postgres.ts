import { randomBytes } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { startPostgres } from '../../src/local/services/postgres';
import type { PostgresVersion } from '../../src/local/services/postgres-binaries';
import { sharedService } from './shared-service';

/** An empty database of one test file's own. */
export interface TestDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `postgres://user:password@host:port/database`. */
  readonly connectionString: string;
  /** Runs one statement on a connection of its own and returns its rows. */
  query<Row extends QueryResultRow = QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Drops the database. Throws, naming them, where the test left connections open; they are ended first. */
  drop(): Promise<void>;
}

interface Server {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** How long a connection that was just closed may take to vanish from pg_stat_activity. */
const LEAK_GRACE_MS = 3000;

/**
 * Makes an empty database on the PostgreSQL of this Jest run. Call it in `beforeAll` and its `drop` in `afterAll`, or
 * use `useTestDatabase`, which does both.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const database = `test_${randomBytes(6).toString('hex')}`;
  const admin = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/postgres`;
  await run(admin, `CREATE DATABASE ${database}`);
  const connectionString = admin.replace(/postgres$/, database);
  return {
    ...server,
    database,
    connectionString,
    query: (sql, values) => run(connectionString, sql, values),
    drop: async () => {
      const leaked = await leakedConnections(admin, database);
      await run(admin, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      if (leaked.length > 0) throw new Error(`Connections left open to ${database}: ${leaked.join('; ')}`);
    },
  };
}

/** A database for the test file, or `describe` block, that calls this at its top: made before, dropped after its tests. */
export function useTestDatabase(): () => TestDatabase {
  let made: TestDatabase | undefined;
  beforeAll(async () => {
    made = await createTestDatabase();
  });
  afterAll(async () => {
    await made?.drop();
  });
  return () => {
    if (made === undefined) throw new Error('The test database exists inside tests and hooks only.');
    return made;
  };
}

let version: PostgresVersion = 'newest';

/** Says for the rest of a test file which PostgreSQL its databases are on. */
export function usePostgresVersion(wanted: PostgresVersion): void {
  version = wanted;
}

/** The PostgreSQL of this Jest run, without a database of its own. */
export async function testServer(): Promise<Server> {
  const wanted = version;
  return sharedService(`postgres-${wanted}`, async (folder) => {
    const started = await startPostgres({ folder, port: 0, durable: false, version: wanted });
    const { pid, host, port, user, password } = started;
    return { pid, host, port, user, password };
  });
}

async function run<Row extends QueryResultRow>(
  connectionString: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

async function leakedConnections(admin: string, database: string): Promise<string[]> {
  for (const deadline = Date.now() + LEAK_GRACE_MS; ;) {
    const open = await run<{ what: string }>(
      admin,
      `SELECT concat_ws(' ', pid, application_name, state, left(query, 80)) AS what
         FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [database],
    );
    if (open.length === 0 || Date.now() > deadline) return open.map(({ what }) => what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
