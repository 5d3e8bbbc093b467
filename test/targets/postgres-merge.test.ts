import { PostgresTarget } from '../../src/connectors/targets/postgres/postgres-target';
import { stagingTable } from '../../src/connectors/targets/postgres/staging-name';
import type { TargetConfig } from '../../src/config/schema/pipeline';
import { postgresConnection } from '../../src/config/schema/connection';
import { useTestDatabase } from '../support/postgres';
import { column, loadAll, publish, stage, useTestEngine, type Load } from './target-contract';

const engine = useTestEngine();
const database = useTestDatabase();
const COLUMNS = [column('id', 'integer'), column('name', 'string'), column('gone', 'boolean')];
const UPSERT = { strategy: 'upsert', onDuplicateKey: 'refuse', nullKeys: 'refuse' } as const;

function target(): PostgresTarget {
  const { host, port, user, database: name, password } = database();
  return new PostgresTarget({
    config: postgresConnection.parse({ kind: 'postgres', host, port, user, database: name, tls: 'off' }),
    credentials: { login: async () => ({ password }) },
    connection: 'warehouse',
    staleAfterMs: 0,
  });
}

/** Loads of one table, one after the other. */
function series(table: string, place: Partial<TargetConfig> = {}, more: Partial<Load> = {}) {
  let previous = 0;
  let number = 0;
  const next = (partitions: string[]): Load => ({
    runId: `run-${table}-${(number += 1)}`,
    pipeline: table,
    table: `m.${table}`,
    writeDisposition: 'merge',
    columns: COLUMNS,
    key: ['id'],
    place: { table: `m.${table}`, merge: UPSERT, ...place },
    partitions,
    previous,
    ...more,
  });
  return {
    next,
    load: async (...partitions: string[]) => {
      const result = await loadAll(engine(), target(), next(partitions));
      previous = result.load;
      return result;
    },
    published: (load: number) => void (previous = load),
    rows: () => database().query(`SELECT id, name, _sluice_load::int AS load FROM m.${table} ORDER BY id, name`),
  };
}

function values(...rows: (string | number | null | boolean)[][]): string {
  const texts = rows.map(
    (row) => `(${row.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(', ')})`,
  );
  return `SELECT id::INTEGER AS id, name::VARCHAR AS name, gone::BOOLEAN AS gone FROM (VALUES ${texts.join(', ')}) v(id, name, gone)`;
}

const NOTHING = { inserted: 0, updated: 0, unchanged: 0, marked: 0, deduplicated: 0, deleted: 0 };

describe('postgres target: merge by upsert', () => {
  it('inserts, updates, leaves rows that are just so, and accounts for each', async () => {
    const { load, rows } = series('upsert');
    const first = await load(values([1, 'a', null], [2, 'b', null]), values([3, null, null]));
    expect(first).toMatchObject({ rows: 3, changes: { ...NOTHING, inserted: 3 } });
    const second = await load(values([2, 'B', null], [3, null, null]), values([4, 'd', null]));
    expect(second).toMatchObject({ rows: 3, changes: { ...NOTHING, inserted: 1, updated: 1, unchanged: 1 } });
    expect(second.verifications.every(({ passed }) => passed)).toBe(true);
    expect(second.verifications.map(({ name }) => name)).toEqual([
      'rowCount',
      'checksum(id)',
      'checksum(name)',
      'checksum(gone)',
    ]);
    expect(await rows()).toEqual([
      { id: 1, name: 'a', load: first.load },
      { id: 2, name: 'B', load: second.load },
      { id: 3, name: null, load: first.load },
      { id: 4, name: 'd', load: second.load },
    ]);
    const ledger = await target().ledgerSince('upsert', 0);
    expect(ledger.map(({ writeDisposition, changes }) => [writeDisposition, changes])).toEqual([
      ['merge', first.changes],
      ['merge', second.changes],
    ]);
    const [index] = await database().query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 'm.upsert'::regclass AND indisunique`,
    );
    expect(index).toEqual({ n: 1 });
  });

  it('keeps what it changed and deleted as it was, and drops it after its time', async () => {
    const { load } = series('images', { merge: { ...UPSERT, hardDelete: 'gone' }, undo: { keepFor: '0s' } });
    await load(values([1, 'a', null], [2, 'b', null], [3, 'c', null]));
    const second = await load(values([1, 'A', null], [2, 'b', true], [3, 'c', null], [9, 'z', true]));
    expect(second.changes).toEqual({ inserted: 0, updated: 1, unchanged: 1, marked: 2, deduplicated: 0, deleted: 1 });
    const kept = `sluice_staging.b_${second.load}`;
    expect(await database().query(`SELECT _sluice_operation AS operation, id, name FROM ${kept} ORDER BY id`)).toEqual([
      { operation: 'update', id: 1, name: 'a' },
      { operation: 'delete', id: 2, name: 'b' },
    ]);
    expect(await target().dropStaleStaging([])).toContain(`b_${second.load}`);
    expect(await database().query(`SELECT to_regclass($1) AS there`, [kept])).toEqual([{ there: null }]);
  });

  it.each([
    ['in one partition', [values([1, 'a', null], [1, 'b', null])]],
    ['over partitions', [values([1, 'a', null]), values([1, 'b', null])]],
  ])('refuses a key that is there twice, %s, without showing values', async (where, partitions) => {
    const { next, load } = series(`twice${where.length}`);
    await load(values([5, 'x', null]));
    const again = { ...next(partitions), previous: (await target().ledgerSince(`twice${where.length}`, 0))[0]!.load };
    await expect(loadAll(engine(), target(), again)).rejects.toMatchObject({
      code: 'merge-key-invalid',
      message: expect.stringMatching(
        /^2 rows to merge share 1 values of the key id \(file 0 row 1, file 0 row \d+\)$/,
      ) as string,
    });
    expect(await target().ledgerSince(`twice${where.length}`, 0)).toHaveLength(1);
  });

  it('refuses rows without a key', async () => {
    const { load } = series('nokey');
    await expect(load(values([1, 'a', null], [null, 'b', null]))).rejects.toMatchObject({
      code: 'merge-key-invalid',
      message: 'Rows to merge have no value in their key: 1 rows have no id (file 0 row 2)',
    });
  });

  it('takes one of the rows with a key by a total order', async () => {
    const { load, rows } = series('first', {
      merge: { ...UPSERT, onDuplicateKey: 'deduplicate', orderBy: ['name desc'] },
    });
    const result = await load(
      values([1, 'a', null], [1, 'c', null], [2, null, null]),
      values([1, 'b', null], [2, 'x', null]),
    );
    expect(result).toMatchObject({ rows: 5, changes: { ...NOTHING, inserted: 2, deduplicated: 3 } });
    expect(await rows()).toMatchObject([
      { id: 1, name: 'c' },
      { id: 2, name: 'x' },
    ]);
  });

  it('takes the later row where the order leaves it open', async () => {
    const { load } = series('ties', { merge: { ...UPSERT, onDuplicateKey: 'deduplicate', orderBy: ['name'] } });
    await load(values([1, 'a', false], [1, 'a', null]), values([1, 'a', true]));
    expect(await database().query('SELECT gone, _sluice_row::int AS row FROM m.ties')).toEqual([
      { gone: true, row: 1000001 },
    ]);
  });

  it('loads nothing twice when it publishes twice, in turn or at once', async () => {
    const { next, load, rows, published } = series('again');
    published((await load(values([1, 'a', null]))).load);
    const second = next([values([1, 'b', null], [2, 'c', null])]);
    const staged = await stage(engine(), target(), second);
    const results = await Promise.all([publish(target(), second, staged), publish(target(), second, staged)]);
    const repeated = await publish(target(), second, staged);
    expect(results.map(({ alreadyPublished }) => alreadyPublished).sort()).toEqual([false, true]);
    expect(repeated).toMatchObject({
      alreadyPublished: true,
      rows: 2,
      changes: { ...NOTHING, inserted: 1, updated: 1 },
    });
    expect(await rows()).toMatchObject([{ name: 'b' }, { name: 'c' }]);
  });

  it('leaves everything as it was when the run is cancelled or the server ends its backend before the commit', async () => {
    const { next, load, rows, published } = series('stopped');
    const first = await load(values([1, 'a', null]));
    published(first.load);
    const second = next([values([1, 'b', null])]);
    const staged = await stage(engine(), target(), second);
    const kill = async () => {
      await database().query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'sluice' AND state = 'idle in transaction'`,
      );
    };
    const cancelled = async () => Promise.reject(new Error('cancelled'));
    await expect(publish(target(), { ...second, beforeCommit: cancelled }, staged)).rejects.toThrow('cancelled');
    expect(await rows()).toEqual([{ id: 1, name: 'a', load: first.load }]);
    // The commit finds its backend gone: the ledger says that nothing was published, so that it is published once more.
    let kills = 0;
    const once = async () => (kills++ === 0 ? kill() : undefined);
    const result = await publish(target(), { ...second, beforeCommit: once }, staged);
    expect(kills).toBe(2);
    expect(result.changes).toEqual({ ...NOTHING, updated: 1 });
    expect(await rows()).toEqual([{ id: 1, name: 'b', load: result.load }]);
    expect(await target().ledgerSince('stopped', 0)).toHaveLength(2);
  });

  it('names the rows that a trigger changed on their way', async () => {
    const { load, rows } = series('trigger');
    const first = await load(values([1, 'a', null]));
    await database().query(
      `CREATE FUNCTION m.spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''spoilt''; RETURN NEW; END';
       CREATE TRIGGER spoil BEFORE INSERT OR UPDATE ON m.trigger FOR EACH ROW EXECUTE FUNCTION m.spoil()`,
    );
    await expect(load(values([1, 'b', null], [2, 'c', null]))).rejects.toMatchObject({
      code: 'verification-failed',
      message: '"m"."trigger" after the merge: 2 rows are not as they were staged (file 0 row 1, file 0 row 2)',
    });
    expect(await rows()).toEqual([{ id: 1, name: 'a', load: first.load }]);
  });

  it('merges into a table that somebody made, partitioned and with other types', async () => {
    await database().query(
      `CREATE SCHEMA IF NOT EXISTS m;
       CREATE TABLE m.made (id bigint, name varchar(20), gone boolean, note text DEFAULT 'n', doc json, x double precision,
         _sluice_load bigint, _sluice_file int, _sluice_row bigint) PARTITION BY HASH (id);
       CREATE TABLE m.made_0 PARTITION OF m.made FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE m.made_1 PARTITION OF m.made FOR VALUES WITH (MODULUS 2, REMAINDER 1)`,
    );
    const columns = [...COLUMNS, column('doc', 'json'), column('x', 'double')];
    const { load, rows } = series('made', {}, { columns });
    const wide = (sql: string, x: string) => `SELECT *, '{"a": 1}'::JSON AS doc, ${x}::DOUBLE AS x FROM (${sql})`;
    await load(wide(values([1, 'a', null], [2, 'b', null]), '0.0'));
    const same = await load(wide(values([1, 'a', null], [2, 'b', null]), '0.0'));
    expect(same.changes).toEqual({ ...NOTHING, unchanged: 2 });
    const signed = await load(wide(values([1, 'a', null], [2, 'b', null]), '-0.0'));
    expect(signed.changes).toEqual({ ...NOTHING, updated: 2 });
    expect(await rows()).toHaveLength(2);
  });

  it('merges no rows at all', async () => {
    const { load } = series('empty');
    await load(values([1, 'a', null]));
    expect(await load()).toMatchObject({ rows: 0, changes: NOTHING });
  });

  it('publishes nothing when a staged row was taken away', async () => {
    const { next, load, published } = series('taken');
    published((await load(values([1, 'a', null]))).load);
    const second = next([values([1, 'b', null], [2, 'c', null])]);
    const staged = await stage(engine(), target(), second);
    await database().query(`DELETE FROM sluice_staging."${stagingTable(second.runId, 'taken', 0)}" WHERE id = 2`);
    await expect(publish(target(), second, staged)).rejects.toMatchObject({ code: 'verification-failed' });
  });
});

describe('postgres target: merge by delete-insert', () => {
  const GROUPS = {
    strategy: 'delete-insert',
    onDuplicateKey: 'refuse',
    nullKeys: 'refuse',
    hardDelete: 'gone',
  } as const;

  it('puts all rows of a key in place of all rows that the table has of it', async () => {
    const { load, rows } = series('groups', { merge: GROUPS });
    const first = await load(values([1, 'a', null], [1, 'b', null], [2, 'x', null], [3, 'y', null]));
    const second = await load(values([1, 'c', null]), values([1, 'd', null], [1, 'e', null], [3, 'y', true]));
    expect(second).toMatchObject({ rows: 4, changes: { ...NOTHING, inserted: 3, marked: 1, deleted: 3 } });
    expect(await rows()).toEqual([
      { id: 1, name: 'c', load: second.load },
      { id: 1, name: 'd', load: second.load },
      { id: 1, name: 'e', load: second.load },
      { id: 2, name: 'x', load: first.load },
    ]);
    const indexes = await database().query(`SELECT indisunique FROM pg_index WHERE indrelid = 'm.groups'::regclass`);
    expect(indexes).toEqual([{ indisunique: false }]);
  });
});

describe('postgres target: what a merge needs', () => {
  it.each([
    [{ key: ['nowhere'] }, {}, 'the key column nowhere is not among those of the pipeline'],
    [{}, { hardDelete: 'name' }, 'hardDelete: name is string; it has to be boolean, date, timestamp or timestamptz'],
    [
      {},
      { onDuplicateKey: 'deduplicate' as const, orderBy: ['when desc'] },
      'orderBy: when is not among the columns of the pipeline',
    ],
  ])('refuses %j %j before anything is loaded', async (more, merge, message) => {
    const config: TargetConfig = { connection: 'warehouse', table: 'm.none', writeDisposition: 'merge', key: ['id'], ...more, merge: { ...UPSERT, ...merge } }; // prettier-ignore
    await expect(target().checkColumns(config, COLUMNS)).rejects.toMatchObject({
      code: 'target-schema-mismatch',
      message: expect.stringContaining(message) as string,
    });
  });

  it('explains itself', () => {
    const config: TargetConfig = { connection: 'warehouse', table: 'm.t', writeDisposition: 'merge', key: ['id'], merge: { ...UPSERT, hardDelete: 'gone' } }; // prettier-ignore
    const text = target().explain(config, COLUMNS).join('\n');
    expect(text).toContain('ON CONFLICT ("id") DO UPDATE SET');
    expect(text).toContain('DELETE FROM "m"."t" AS t USING');
    expect(text).toContain('CREATE UNIQUE INDEX');
  });
});
