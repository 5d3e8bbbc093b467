import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../src/engine/create-engine';
import type { Engine, EngineLimits } from '../../../src/engine/engine-session';
import { quoteLiteral } from '../../../src/engine/quote-literal';

const MEBIBYTE = 1024 * 1024;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice engine's "));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function engineWith(limits: Partial<EngineLimits> = {}): Engine {
  return createEngine({
    memoryLimitBytes: 256 * MEBIBYTE,
    tempLimitBytes: 256 * MEBIBYTE,
    threads: 1,
    slots: 1,
    tempFolder: join(folder, 'temp'),
    ...limits,
  });
}

describe('createEngine', () => {
  it('binds values and gives rows with exact values', async () => {
    const rows = await engineWith().use((session) =>
      session.rows(
        'SELECT $1::VARCHAR AS name, $2::BIGINT AS big, 1.10::DECIMAL(5,2) AS exact, NULL AS nothing, true AS yes',
        [`O'Neil "x"`, 9007199254740993n],
      ),
    );
    expect(rows).toEqual([{ name: `O'Neil "x"`, big: 9007199254740993n, exact: '1.10', nothing: null, yes: true }]);
  });

  it('removes the scratch folder whether the work succeeds or throws', async () => {
    const engine = engineWith();
    const kept = await engine.use(async (session) => {
      await writeFile(join(session.scratchFolder, 'left.txt'), 'x');
      return session.scratchFolder;
    });
    await expect(
      engine.use(() => {
        throw new Error('the work failed');
      }),
    ).rejects.toThrow('the work failed');
    expect(existsSync(kept)).toBe(false);
    expect(await readdir(engine.limits.tempFolder)).toEqual([]);
  });

  it('ends a statement that still runs when the work beside it has failed', async () => {
    const engine = engineWith();
    let ended = '';
    const failing = engine.use(async (session) => {
      const endless = session.run('SELECT count(*) FROM range(1000000000000) a WHERE hash(a.range) = 1');
      endless.catch((error: unknown) => (ended = String(error)));
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('the work failed');
    });
    await expect(failing).rejects.toThrow('the work failed');
    expect(ended).toMatch(/interrupt|closed/i);
    expect(await readdir(engine.limits.tempFolder)).toEqual([]);
  });

  it('refuses a session that is used after its work has ended', async () => {
    const leaked = await engineWith().use((session) => Promise.resolve(session));
    await expect(leaked.run('SELECT 1')).rejects.toMatchObject({ code: 'engine-query-failed' });
  });

  it('lets no more sessions in than it has slots, and the others in their turn', async () => {
    const engine = engineWith({ slots: 2 });
    const entered: number[] = [];
    const leave: (() => void)[] = [];
    const enter = (caller: number): Promise<void> =>
      engine.use(async () => {
        entered.push(caller);
        await new Promise<void>((resolve) => leave.push(resolve));
      });
    const callers = [0, 1, 2, 3].map(enter);
    while (leave.length < 2) await new Promise(setImmediate);
    expect(entered.slice().sort()).toEqual([0, 1]);
    for (const released of [0, 1, 2, 3]) {
      leave[released]?.();
      while (leave.length < Math.min(4, released + 3)) await new Promise(setImmediate);
    }
    await Promise.all(callers);
    expect(entered.slice(2)).toEqual([2, 3]);
  });

  it('hands a slot on after a failure', async () => {
    const engine = engineWith();
    const failing = engine.use(() => Promise.reject(new Error('first')));
    const second = engine.use((session) => session.rows('SELECT 1 AS one'));
    await expect(failing).rejects.toThrow('first');
    expect(await second).toEqual([{ one: 1 }]);
  });

  it('reads the folders it is given and no others', async () => {
    const landing = await mkdtemp(join(folder, 'landing '));
    const secret = join(folder, 'secret.csv');
    await writeFile(join(landing, 'a.csv'), 'x\n1\n');
    await writeFile(secret, 'x\n1\n');
    await symlink(secret, join(landing, 'link.csv'));
    await engineWith().use(
      async (session) => {
        expect(await session.rows(`SELECT * FROM read_csv(${quoteLiteral(join(landing, 'a.csv'))})`)).toEqual([
          { x: 1n },
        ]);
        for (const path of [secret, join(landing, '..', 'secret.csv'), '/etc/hostname', 'https://example.com/a.csv']) {
          await expect(session.rows(`SELECT * FROM read_csv(${quoteLiteral(path)})`)).rejects.toMatchObject({
            code: 'engine-query-refused',
            class: 'persistent',
          });
        }
      },
      { readable: [landing] },
    );
  });

  it.each([
    [`SET memory_limit = '100GB'`],
    [`SET enable_external_access = true`],
    [`RESET lock_configuration`],
    [`COPY (SELECT 1) TO '/tmp/sluice-escaped.parquet' (FORMAT parquet)`],
    [`ATTACH '/tmp/sluice-escaped.db'`],
    [`INSTALL httpfs`],
    [`LOAD httpfs`],
    [`SELECT 1; SELECT 2`],
  ])('refuses %s', async (sql) => {
    await expect(engineWith().use((session) => session.run(sql))).rejects.toMatchObject({
      code: 'engine-query-refused',
    });
  });

  it('names the memory limit, and works again in the next session', async () => {
    const engine = engineWith({ memoryLimitBytes: 20 * MEBIBYTE, threads: 1 });
    const hungry = `SELECT length(string_agg(hash(i)::VARCHAR, ',')) FROM range(3000000) t(i)`;
    await expect(engine.use((session) => session.run(hungry))).rejects.toMatchObject({
      code: 'engine-memory-exceeded',
    });
    expect(await engine.use((session) => session.rows('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('names a spill that outgrows its share of the disk', async () => {
    const engine = engineWith({ memoryLimitBytes: 64 * MEBIBYTE, tempLimitBytes: 8 * MEBIBYTE });
    const sort = `CREATE TEMP TABLE sorted AS SELECT i, md5(i::VARCHAR) AS a FROM range(2000000) t(i) ORDER BY a`;
    await expect(engine.use((session) => session.run(sort))).rejects.toMatchObject({ code: 'engine-disk-full' });
  });

  it('names an unreadable file', async () => {
    await engineWith().use(async (session) => {
      const file = join(session.scratchFolder, 'bad.parquet');
      await writeFile(file, 'this is no parquet file at all');
      for (const path of [file, join(session.scratchFolder, 'missing.parquet')]) {
        await expect(session.rows(`SELECT * FROM read_parquet(${quoteLiteral(path)})`)).rejects.toMatchObject({
          code: 'file-unreadable',
          class: 'persistent',
        });
      }
    });
  });

  it('names a CSV file that it stumbles over, without the line', async () => {
    await engineWith().use(async (session) => {
      const file = join(session.scratchFolder, 'ragged.csv');
      await writeFile(file, 'a,b\n1,2\nsecret,2,3,4\n');
      const reading = session.rows(
        `SELECT * FROM read_csv(${quoteLiteral(file)}, columns = {'a': 'VARCHAR', 'b': 'VARCHAR'})`,
      );
      await expect(reading).rejects.toMatchObject({ code: 'file-unreadable' });
      await expect(reading).rejects.toThrow(/ragged\.csv/);
      await expect(reading).rejects.not.toThrow(/secret/);
    });
  });

  it.each([
    [`x::INTEGER`, `secret`],
    [`x::INTEGER`, `it's a "secret"`],
    [`strptime(x, '%Y')`, `a secret parquet "file"`],
    [`json_extract(x, '$.a')`, `{secret`],
    [`x::BIGINT::INTEGER`, `777777777777`],
    [`x::INTEGER + 2147483647`, `7777`],
    [`ln(x::DOUBLE - 7777)`, `7777`],
    [`x::DECIMAL(3,2)`, `7777`],
  ])('keeps values of rows out of the message of %s', async (expression, value) => {
    await engineWith().use(async (session) => {
      const failing = session.rows(`SELECT ${expression} FROM (SELECT unnest([${quoteLiteral(value)}]) AS x)`);
      await expect(failing).rejects.toMatchObject({ code: 'engine-value-failed', class: 'business' });
      await expect(failing).rejects.not.toThrow(/secret|7777/);
    });
  });

  it('refuses to hand out more rows than facts ever have', async () => {
    await expect(engineWith().use((session) => session.rows('SELECT * FROM range(10001)'))).rejects.toMatchObject({
      code: 'engine-query-failed',
    });
    expect(await engineWith().use((session) => session.rows('SELECT * FROM range(10000)'))).toHaveLength(10_000);
  });
});
