import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { POSTGRES_TARGET } from '../../src/connectors/capabilities';
import { PostgresTarget } from '../../src/connectors/targets/postgres/postgres-target';
import { stagingTable } from '../../src/connectors/targets/postgres/staging-name';
import { tableName } from '../../src/connectors/targets/postgres/target-table';
import { postgresConnection, type PostgresConnection } from '../../src/config/schema/connection';
import { useTestDatabase } from '../support/postgres';
import { column, describeTarget, loadAll, publish, stage, stageOne, useTestEngine, type Load } from './target-contract';

const engine = useTestEngine();
const database = useTestDatabase();

function targetWith(config: Partial<PostgresConnection> = {}, password = database().password): PostgresTarget {
  const { host, port, user, database: name } = database();
  const parsed = postgresConnection.parse({ kind: 'postgres', host, port, user, database: name, tls: 'off' });
  return new PostgresTarget({
    config: { ...parsed, ...config },
    credentials: { login: async () => ({ password }) },
    connection: 'warehouse',
    staleAfterMs: 0,
  });
}

async function stagingNames(): Promise<string[]> {
  const found = await database().query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace('sluice_staging')`,
  );
  return found.map(({ name }) => name);
}

const harness = () => ({
  target: targetWith(),
  rows: (table: string, columns: string) =>
    database().query(`SELECT ${columns} FROM ${tableName(table).sql} ORDER BY _sluice_load, _sluice_file, _sluice_row`),
  staging: stagingNames,
  deleteStagedRow: async () => {
    for (const name of await stagingNames()) {
      const table = `sluice_staging."${name}"`;
      const rows = await database().query(`DELETE FROM ${table} WHERE (SELECT count(*) FROM ${table}) > 1 AND ctid = (SELECT min(ctid) FROM ${table}) RETURNING 1`); // prettier-ignore
      if (rows.length > 0) return;
    }
    throw new Error('no staged row to delete');
  },
  emptyStaging: async () => {
    for (const name of await stagingNames()) await database().query(`TRUNCATE sluice_staging."${name}"`);
  },
});

describeTarget('postgres', POSTGRES_TARGET, harness, engine);

describe('postgres target: what a replace keeps', () => {
  let number = 0;
  const load = (partitions: string[], more: Partial<Load> = {}): Load => ({
    runId: `run-r${(number += 1)}`,
    pipeline: 'r',
    table: 'r.t',
    writeDisposition: 'replace',
    partitions,
    ...more,
  });
  const again = async (partitions: string[], table: string) => {
    const [row] = await database().query<{ load: string }>(
      `SELECT max(load) AS load FROM sluice.sluice_ledger WHERE pipeline = 'r'`,
    );
    return loadAll(engine(), targetWith(), load(partitions, { table, previous: Number(row!.load) }));
  };
  const ONE = `SELECT 1 AS id, 'a' AS name`;
  const TWO = `SELECT * FROM (VALUES (1, 'x'), (2, 'y')) v(id, name)`;
  const oidOf = async (table: string) =>
    (await database().query<{ oid: string }>(`SELECT '${table}'::regclass::oid::text AS oid`))[0]!.oid;
  const made = async (table: string) => {
    const [row] = await database().query<{ load: string | null }>(
      `SELECT max(load) AS load FROM sluice.sluice_ledger WHERE pipeline = 'r'`,
    );
    await loadAll(engine(), targetWith(), load([ONE], { table, previous: Number(row!.load ?? 0) }));
  };

  beforeAll(async () => {
    await targetWith()
      .stage({} as never)
      .catch(() => {});
    await loadAll(engine(), targetWith(), load([ONE], { table: 'r.first' }));
  });

  it('swaps in a new table with owner, grants, indexes, keys, policies, comments and checks', async () => {
    const { query } = database();
    await made('r.kept');
    await query(`CREATE ROLE r_owner_${database().database}`);
    await query(`CREATE ROLE r_reader_${database().database}`);
    const [owner, reader] = [`r_owner_${database().database}`, `r_reader_${database().database}`];
    await query(`ALTER TABLE r.kept OWNER TO ${owner}`);
    await query(`GRANT SELECT ON r.kept TO ${reader} WITH GRANT OPTION`);
    await query('ALTER TABLE r.kept ADD CONSTRAINT kept_pk PRIMARY KEY (id)');
    await query(`CREATE INDEX "kept odd ON x USING" ON r.kept (lower(name)) WHERE id > 0`);
    await query(`ALTER TABLE r.kept ADD CONSTRAINT small CHECK (id < 100)`);
    await query(`CREATE POLICY see ON r.kept FOR SELECT TO ${reader} USING (id > 0)`);
    await query('ALTER TABLE r.kept ENABLE ROW LEVEL SECURITY');
    await query(`COMMENT ON TABLE r.kept IS 'it''s \\ kept'`);
    await query(`COMMENT ON COLUMN r.kept.name IS 'a name'`);
    const facts = () =>
      query(`SELECT pg_get_userbyid(relowner) AS owner, relacl::text, relrowsecurity, obj_description(oid, 'pg_class') AS comment,
        relpersistence::text, col_description(oid, 2) AS column_comment,
        (SELECT array_agg(pg_get_indexdef(indexrelid) ORDER BY pg_get_indexdef(indexrelid)) FROM pg_index WHERE indrelid = c.oid) AS indexes,
        (SELECT array_agg(conname || ' ' || pg_get_constraintdef(k.oid) ORDER BY conname) FROM pg_constraint k WHERE conrelid = c.oid AND contype <> 'n') AS constraints,
        (SELECT array_agg(polname || pg_get_expr(polqual, polrelid) || polroles::text ORDER BY 1) FROM pg_policy WHERE polrelid = c.oid) AS policies
        FROM pg_class c WHERE oid = 'r.kept'::regclass`);
    const [before, oid] = [await facts(), await oidOf('r.kept')];
    await again([TWO], 'r.kept');
    expect(await facts()).toEqual(before);
    expect(await oidOf('r.kept')).not.toBe(oid);
    expect(await query('SELECT id, name FROM r.kept ORDER BY id')).toEqual([
      { id: 1, name: 'x' },
      { id: 2, name: 'y' },
    ]);
    await query(`DROP TABLE r.kept; DROP ROLE ${owner}; DROP ROLE ${reader}`);
  });

  it.each([
    ['a view', 'CREATE VIEW r.v AS SELECT id FROM r.dep'],
    [
      'a foreign key',
      'ALTER TABLE r.dep ADD PRIMARY KEY (id); CREATE TABLE r.child (id int REFERENCES r.dep); INSERT INTO r.child VALUES (1)',
    ],
    [
      'a trigger',
      `CREATE FUNCTION r.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON r.dep FOR EACH ROW EXECUTE FUNCTION r.f()`,
    ],
    ['a function over its rows', 'CREATE FUNCTION r.g(x r.dep) RETURNS int LANGUAGE sql AS $$SELECT x.id$$'],
  ])('deletes and inserts where %s depends on the table', async (_, sql) => {
    const { query } = database();
    await query('DROP TABLE IF EXISTS r.child; DROP TABLE IF EXISTS r.dep CASCADE');
    await query('DROP FUNCTION IF EXISTS r.f() CASCADE');
    await made('r.dep');
    await query(sql);
    const oid = await oidOf('r.dep');
    await again([TWO], 'r.dep');
    expect(await oidOf('r.dep')).toBe(oid);
    expect(await query('SELECT id, name FROM r.dep ORDER BY id')).toEqual([
      { id: 1, name: 'x' },
      { id: 2, name: 'y' },
    ]);
  });

  it('refuses where a foreign key would empty another table, or rows that are still referred to would vanish', async () => {
    const { query } = database();
    await query('DROP TABLE IF EXISTS r.child');
    await made('r.parent');
    await query('ALTER TABLE r.parent ADD PRIMARY KEY (id)');
    await query('CREATE TABLE r.child (id int REFERENCES r.parent ON DELETE CASCADE); INSERT INTO r.child VALUES (1)');
    await expect(again([TWO], 'r.parent')).rejects.toMatchObject({ code: 'target-constraint-violated' });
    await query('DROP TABLE r.child');
    await query('CREATE TABLE r.child (id int REFERENCES r.parent); INSERT INTO r.child VALUES (1)');
    await expect(again([`SELECT 2 AS id, 'y' AS name`], 'r.parent')).rejects.toMatchObject({
      code: 'target-constraint-violated',
    });
    expect(await query('SELECT id FROM r.child')).toEqual([{ id: 1 }]);
    expect(await query('SELECT id, name FROM r.parent')).toEqual([{ id: 1, name: 'a' }]);
  });
});

describe('postgres target: what goes wrong', () => {
  const newestLoad = async (): Promise<number> =>
    Number(
      (await database().query(`SELECT max(load)::int AS load FROM sluice.sluice_ledger WHERE pipeline = 'named'`))[0]?.[
        'load'
      ],
    );
  const BIG = 'SELECT i AS id, repeat(i::VARCHAR, 20) AS name FROM range(200000) r(i)';

  /** Passes bytes on to the server and cuts the connection when told to. */
  async function cuttingProxy(
    cut: (sent: Buffer) => boolean,
  ): Promise<{ server: Server; port: number; cuts: () => number }> {
    let cuts = 0;
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(database().port, database().host);
      let silent = false;
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => sockets.delete(socket));
      }
      client.on('data', (bytes) => {
        upstream.write(bytes);
        if (cut(bytes)) {
          cuts += 1;
          silent = true;
        }
      });
      upstream.on('data', (bytes) => {
        // The server has answered: its work is done, and the answer is lost.
        if (silent) client.destroy();
        else client.write(bytes);
      });
      client.on('close', () => upstream.end());
      upstream.on('close', () => client.end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.on('close', () => sockets.forEach((socket) => socket.destroy()));
    return { server, port: (server.address() as AddressInfo).port, cuts: () => cuts };
  }

  it('names the rows that a trigger changed, kept out or added on their way', async () => {
    const partitions = ['SELECT i AS id, i::VARCHAR AS name FROM range(5) r(i)'];
    const first: Load = {
      runId: 'run-named-1',
      pipeline: 'named',
      table: 'named.t',
      partitions,
      verify: [{ rowCount: 'exact' }],
    };
    await publish(targetWith(), first, await stage(engine(), targetWith(), first));
    await database().query(
      `CREATE FUNCTION named.spoil() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN IF NEW.id = 1 THEN RETURN NULL; END IF; IF NEW.id = 3 THEN NEW.name := ''spoilt''; END IF; RETURN NEW; END';
       CREATE TRIGGER spoil BEFORE INSERT ON named.t FOR EACH ROW EXECUTE FUNCTION named.spoil()`,
    );
    const second: Load = { ...first, runId: 'run-named-2' };
    const staged = await stage(engine(), targetWith(), second);
    await expect(publish(targetWith(), { ...second, previous: await newestLoad() }, staged)).rejects.toMatchObject({
      code: 'verification-failed',
      message: expect.stringMatching(
        /4 rows instead of 5; .*1 rows are missing \(file 0 row 2\); 1 rows differ in name \(file 0 row 4\)$/,
      ) as string,
    });
  });

  it.each([
    [`SELECT 'true'`, 'a value that is no boolean'],
    ['SELECT 1', 'a value that is no boolean'],
    ['SELECT true, true', '1 rows of 2 columns'],
    ['SELECT true WHERE false', '0 rows of 0 columns'],
    ['SELECT NULL::boolean', 'null'],
  ])('an assertion has to be one boolean: %s', async (sql, actual) => {
    const load: Load = { runId: `run-${actual.length}-${sql.length}`, pipeline: `assert${sql.length}`, table: 'assert.t', partitions: ['SELECT 1 AS id, NULL AS name'], verify: [{ sql }] }; // prettier-ignore
    await expect(publish(targetWith(), load, await stage(engine(), targetWith(), load))).rejects.toMatchObject({
      code: 'verification-failed',
      message: expect.stringContaining(`expected true, found ${actual}`) as string,
    });
  });

  it('is not refused when somebody else makes its schema at the same moment', async () => {
    const load: Load = { runId: 'run-race', pipeline: 'race', table: 'race.t', partitions: ['SELECT 1 AS id, NULL AS name'], verify: [{ rowCount: 'exact' }] }; // prettier-ignore
    const staged = await stage(engine(), targetWith(), load);
    const other = new Client({ connectionString: database().connectionString });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('CREATE SCHEMA race');
      const publishing = publish(targetWith(), load, staged);
      const waiting = async () =>
        (await database().query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE SCHEMA%race%' AND datname = current_database()`)).length; // prettier-ignore
      while ((await waiting()) === 0) await new Promise((done) => setTimeout(done, 20));
      await other.query('COMMIT');
      expect(await publishing).toMatchObject({ rows: 1 });
    } finally {
      await other.end();
    }
  });

  it('finds its load in the ledger when the answer to COMMIT is lost', async () => {
    let armed = false;
    const proxy = await cuttingProxy((bytes) => {
      const hit = armed && bytes.includes('COMMIT');
      if (hit) armed = false;
      return hit;
    });
    const load: Load = {
      runId: 'run-lost',
      pipeline: 'lost',
      table: 'w.lost',
      partitions: [BIG],
      columns: BIG_COLUMNS,
    };
    try {
      const through = targetWith({ host: '127.0.0.1', port: proxy.port });
      const staged = await stage(engine(), through, load);
      const result = await publish(
        through,
        { ...load, verify: [{ rowCount: 'exact' }], beforeCommit: async () => void (armed = true) },
        staged,
      );
      expect(proxy.cuts()).toBe(1);
      expect(result).toMatchObject({ rows: 200000, alreadyPublished: false });
      expect(await database().query('SELECT count(*)::int AS n FROM w.lost')).toEqual([{ n: 200000 }]);
      expect(await targetWith().ledgerSince('lost', 0)).toHaveLength(1);
    } finally {
      proxy.server.close();
    }
  });

  const BIG_COLUMNS = [column('id', 'bigint'), column('name', 'string')];
  const killer = async (during: string): Promise<number> => {
    for (let tries = 0; tries < 2000; tries += 1) {
      const killed = await database().query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'sluice' AND state = 'active' AND query LIKE $1`,
        [during],
      );
      if (killed.length > 0) return killed.length;
    }
    return 0;
  };

  it('ends with each row once when the server ends its backend during COPY and during publish', async () => {
    const load: Load = {
      runId: 'run-killed',
      pipeline: 'killed',
      table: 'w.killed',
      partitions: [BIG],
      columns: BIG_COLUMNS,
      verify: [{ rowCount: 'exact' }],
    };
    const target = targetWith();
    const unavailable = { code: 'target-unavailable', class: 'infrastructure' };
    const [copy, copies] = await Promise.all([
      stage(engine(), target, load).catch((error: unknown) => error),
      killer('COPY %'),
    ]);
    expect(copies).toBe(1);
    expect(copy).toMatchObject(unavailable);
    const staged = await stage(engine(), target, load);
    const [published, inserts] = await Promise.all([
      publish(target, load, staged).catch((error: unknown) => error),
      killer('%INSERT INTO "w"%'),
    ]);
    expect(inserts).toBe(1);
    expect(published).toMatchObject(unavailable);
    expect(
      await target.describe({ connection: 'warehouse', table: 'w.killed', writeDisposition: 'append' }),
    ).toBeNull();
    expect(await publish(target, load, staged)).toMatchObject({ rows: 200000, alreadyPublished: false });
    expect(await database().query('SELECT count(*)::int AS n, count(DISTINCT id)::int AS d FROM w.killed')).toEqual([
      { n: 200000, d: 200000 },
    ]);
  });

  it.each([
    ['a wrong password', {}, 'wrong', { code: 'authentication-failed', class: 'persistent' }],
    [
      'a database that does not exist',
      { database: 'nowhere' },
      undefined,
      { code: 'target-query-failed', class: 'persistent' },
    ],
    ['a server that refuses', { port: 1 }, undefined, { code: 'target-unavailable', class: 'infrastructure' }],
    [
      'another machine without TLS',
      { host: 'db.example.com' },
      undefined,
      { code: 'tls-required', class: 'persistent' },
    ],
    ['a server without TLS', { tls: 'verify-full' as const }, undefined, { code: 'tls-failed', class: 'persistent' }],
  ])('explains %s', async (_, config, password, failure) => {
    await expect(targetWith(config, password).test()).rejects.toMatchObject({ ...failure, connection: 'warehouse' });
  });

  it('gives up a lock after lockTimeout, as something that passes', async () => {
    const load: Load = {
      runId: 'run-locked',
      pipeline: 'locked',
      table: 'w.locked',
      partitions: ['SELECT 1 AS id, NULL AS name'],
    };
    const first = await loadAll(engine(), targetWith(), load);
    let release = (): void => {};
    const held = new Promise<void>((done) => (release = done));
    const next = { ...load, runId: 'run-locked-b', previous: first.load };
    const staged = await stage(engine(), targetWith(), next);
    let enter = (): void => {};
    const entered = new Promise<void>((done) => (enter = done));
    const slow = publish(targetWith(), { ...next, verify: [], beforeCommit: () => (enter(), held) }, staged);
    await entered;
    const hasty = targetWith({ lockTimeout: '50ms' });
    await expect(publish(hasty, { ...next, verify: [] }, staged)).rejects.toMatchObject({
      code: 'target-busy',
      class: 'transient',
    });
    release();
    await slow;
  });

  it('does not show values in the messages of errors', async () => {
    const load: Load = {
      runId: 'run-secret',
      pipeline: 'secret',
      table: 'w.secret',
      partitions: [`SELECT 1 AS id, 'hush' AS name FROM range(2)`],
      key: ['name'],
    };
    const error = await loadAll(engine(), targetWith(), load).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'target-constraint-violated' });
    expect(JSON.stringify([(error as Error).message, String((error as Error).cause)])).not.toContain('hush');
  });

  it.each([
    ['changed', (table: string) => `UPDATE ${table} SET name = 'z' WHERE id = 1`],
    [
      'replaced',
      (table: string) =>
        `WITH gone AS (DELETE FROM ${table} WHERE id = 1 RETURNING *) INSERT INTO ${table} SELECT * FROM gone`,
    ],
    [
      'changed, and the note of staging taken away',
      (table: string) => `UPDATE ${table} SET name = 'z' WHERE id = 1; COMMENT ON TABLE ${table} IS NULL`,
    ],
  ])('publishes nothing when a staged row was %s', async (what, sql) => {
    const load: Load = {
      runId: `run-${what}`,
      pipeline: what,
      table: 'w.touched',
      partitions: [`SELECT i AS id, 'a' AS name FROM range(3) r(i)`],
    };
    const staged = await stage(engine(), targetWith(), load);
    await database().query(sql(`sluice_staging."${stagingTable(load.runId, what, 0)}"`));
    await expect(publish(targetWith(), { ...load, verify: [] }, staged)).rejects.toMatchObject({
      code: 'verification-failed',
    });
    expect(await targetWith().ledgerSince(what, 0)).toEqual([]);
  });

  it('says in words that a connection works', async () => {
    expect((await targetWith().test()).join(' ')).toMatch(/PostgreSQL \d+.* answers/);
  });

  it('drops the staging that a publisher left which died after its commit', async () => {
    const target = targetWith();
    const load: Load = {
      runId: 'run-died',
      pipeline: 'died',
      verify: [{ rowCount: 'exact' }],
      table: 'died.t',
      partitions: [`SELECT 1 AS id, 'a' AS name`],
    };
    const staged = await stage(engine(), target, load);
    await publish(target, load, staged);
    await stage(engine(), target, load);
    expect(await publish(target, load, staged)).toMatchObject({ alreadyPublished: true });
    const name = stagingTable(load.runId, 'died', 0);
    expect((await stagingNames()).filter((one) => one === name)).toEqual([]);
  });

  it('stages a partition again after another attempt left half of it', async () => {
    const load: Load = {
      runId: 'run-half',
      pipeline: 'half',
      table: 'w.half',
      partitions: ['SELECT 1 AS id, NULL AS name'],
    };
    await stageOne(engine(), targetWith(), load, 0, 'SELECT 5 AS id, NULL AS name FROM range(10)');
    expect(await loadAll(engine(), targetWith(), load)).toMatchObject({ rows: 1 });
  });
});
