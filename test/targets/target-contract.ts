import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TargetConfig, VerifyRule } from '../../src/config/schema/pipeline';
import { createEngine } from '../../src/engine/create-engine';
import type { Engine } from '../../src/engine/engine-session';
import { NO_ROWS } from '../../src/model/counts';
import type { Column, ColumnType } from '../../src/model/column';
import { publishPipeline } from '../../src/steps/load/publish-pipeline';
import { stagePartition } from '../../src/steps/load/stage-partition';
import type {
  PublishRequest,
  PublishResult,
  RelationFacts,
  Target,
  TargetCapabilities,
} from '../../src/steps/load/target';

/** A place to load into, and how a test looks at it without Sluice. */
export interface TargetHarness {
  readonly target: Target;
  /** The columns named, in the order of the system columns; values as the database's own client gives them. */
  rows(table: string, columns: string): Promise<Record<string, unknown>[]>;
  /** Names of staging areas that are left. */
  staging(): Promise<readonly string[]>;
  /** Takes one staged row away behind Sluice's back. */
  deleteStagedRow(): Promise<void>;
  /** Takes all staged rows away, as a crash of the server does. */
  emptyStaging(): Promise<void>;
  /** What stands for a table's name in the configuration of a kind that has no tables. */
  place?(table: string): Partial<TargetConfig>;
  /** Whether texts may hold a NUL. */
  readonly holdsNul?: boolean;
}

/** An engine for the tests of one file; its folder goes with it. */
export function useTestEngine(): () => Engine {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-engine-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () =>
    createEngine({ memoryLimitBytes: 1 << 30, tempLimitBytes: 1 << 30, threads: 2, slots: 4, tempFolder: folder });
}

export function column(name: string, type: ColumnType): Column {
  return { name, type, nullable: true };
}

export const TWO_COLUMNS = [column('id', 'integer'), column('name', 'string')];

/** One load of a test: what `select` gives, in partitions, as staged and published by the steps. */
export interface Load {
  readonly runId: string;
  readonly table: string;
  /** One query of the engine per partition; `_sluice_file` and `_sluice_row` are added. */
  readonly partitions: readonly string[];
  readonly columns?: readonly Column[];
  readonly writeDisposition?: TargetConfig['writeDisposition'];
  readonly key?: readonly string[];
  readonly verify?: readonly VerifyRule[];
  readonly pipeline?: string;
  readonly previous?: number;
  readonly beforeCommit?: () => Promise<void>;
  readonly exclusions?: string;
  /** Instead of the table, for a kind that has none. */
  readonly place?: Partial<TargetConfig>;
}

export function configOf({ table, writeDisposition = 'append', key, place = { table } }: Load): TargetConfig {
  return { connection: 'warehouse', ...place, writeDisposition, ...(key && { key: [...key] }) };
}

export async function stage(engine: Engine, target: Target, load: Load): Promise<PublishRequest['staged']> {
  const staged: { partition: number; facts: RelationFacts }[] = [];
  for (const [partition, select] of load.partitions.entries()) {
    staged.push({ partition, facts: await stageOne(engine, target, load, partition, select) });
  }
  return staged;
}

export function stageOne(
  engine: Engine,
  target: Target,
  load: Load,
  partition: number,
  select: string,
): Promise<RelationFacts> {
  return engine.use(async (session) => {
    const file = path.join(session.scratchFolder, 'good.parquet');
    const exclusionsFile = path.join(session.scratchFolder, 'exclusions.parquet');
    await session.run(
      `COPY (SELECT *, 0::INTEGER AS _sluice_file, (${partition} * 1000000 + row_number() OVER ())::BIGINT AS _sluice_row
       FROM (${select})) TO '${file}' (FORMAT parquet)`,
    );
    if (load.exclusions) await session.run(`COPY (${load.exclusions}) TO '${exclusionsFile}' (FORMAT parquet)`);
    return stagePartition({
      target,
      config: configOf(load),
      verify: load.verify ?? [],
      runId: load.runId,
      pipeline: load.pipeline ?? 'p',
      partition,
      columns: load.columns ?? TWO_COLUMNS,
      goodFile: file,
      exclusionsFile: load.exclusions ? exclusionsFile : null,
      session,
      loadFile: path.join(session.scratchFolder, 'load.parquet'),
    });
  });
}

export function publish(target: Target, load: Load, staged: PublishRequest['staged']): Promise<PublishResult> {
  const rows = staged.reduce((sum, { facts }) => sum + facts.rows, 0);
  return publishPipeline(target, {
    runId: load.runId,
    pipeline: load.pipeline ?? 'p',
    target: configOf(load),
    columns: load.columns ?? TWO_COLUMNS,
    slice: { kind: 'full' },
    definitionHash: 'd1',
    staged,
    counts: { ...NO_ROWS, read: rows, loaded: rows },
    verify: load.verify ?? [{ rowCount: 'exact' }, { checksum: '*' }],
    expectedPreviousLoad: load.previous ?? 0,
    beforeCommit: load.beforeCommit ?? (async () => {}),
  });
}

/** Stages and publishes. */
export async function loadAll(engine: Engine, target: Target, load: Load): Promise<PublishResult> {
  const verify = load.verify ?? [{ rowCount: 'exact' }, { checksum: '*' }];
  return publish(target, { ...load, verify }, await stage(engine, target, { ...load, verify }));
}

/** What every kind of target must do; what a kind does not declare is skipped by name. */
export function describeTarget(
  kind: string,
  capabilities: TargetCapabilities,
  open: () => TargetHarness,
  engineOf: () => Engine,
): void {
  const can = (disposition: TargetConfig['writeDisposition']) =>
    capabilities.writeDispositions.includes(disposition) ? describe : describe.skip;
  const transactional = capabilities.transactions ? it : it.skip;
  let number = 0;
  const fresh = (partitions: readonly string[], more: Partial<Load> = {}): Load => {
    number += 1;
    const load = { runId: `run-${kind}-${number}`, pipeline: `p${number}`, table: `t.t${number}`, partitions, ...more };
    const place = open().place?.(load.table);
    return place === undefined ? load : { ...load, place };
  };
  const ONE = `SELECT 1 AS id, 'a' AS name`;
  const TWO = `SELECT * FROM (VALUES (2, 'b'), (3, NULL)) v(id, name)`;
  const ABC = [{ id: 1, name: 'a' }, { id: 2, name: 'b' }, { id: 3, name: null }]; // prettier-ignore

  can('append')(`${kind}: append`, () => {
    it('publishes all partitions at once and leaves no staging behind', async () => {
      const { target, rows, staging } = open();
      const load = fresh([ONE, TWO]);
      const staged = await stage(engineOf(), target, load);
      expect(staged.map(({ facts }) => facts.rows)).toEqual([1, 2]);
      expect(await target.describe(configOf(load))).toBeNull();
      const result = await publish(target, { ...load, verify: [{ rowCount: 'exact' }] }, staged);
      expect(result).toMatchObject({ rows: 3, alreadyPublished: false });
      expect(result.verifications).toEqual([{ name: 'rowCount', passed: true, expected: '3', actual: '3' }]);
      expect(await rows(load.table, 'id, name')).toEqual(ABC);
      expect(await target.describe(configOf(load))).toMatchObject([
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'string' },
      ]);
      expect(await staging()).toEqual([]);
    });

    it('adds to what is there, and its ledger tells both loads', async () => {
      const { target, rows } = open();
      const load = fresh([ONE]);
      const first = await loadAll(engineOf(), target, load);
      const second = await loadAll(engineOf(), target, {
        ...load,
        runId: `${load.runId}-b`,
        partitions: [TWO],
        previous: first.load,
      });
      expect(second.load).toBeGreaterThan(first.load);
      expect(await rows(load.table, 'id, name')).toHaveLength(3);
      const entries = await target.ledgerSince(load.pipeline!, 0);
      expect(entries.map((entry) => [entry.load, entry.runId, entry.counts.loaded])).toEqual([
        [first.load, load.runId, 1],
        [second.load, `${load.runId}-b`, 2],
      ]);
      expect(await target.ledgerSince(load.pipeline!, first.load)).toHaveLength(1);
    });

    it('stages twice, in turn or at once, as if once', async () => {
      const { target, rows } = open();
      const load = fresh([TWO]);
      await stage(engineOf(), target, load);
      const [staged] = await Promise.all([stage(engineOf(), target, load), stage(engineOf(), target, load)]);
      await publish(target, { ...load, verify: [{ rowCount: 'exact' }] }, staged);
      expect(await rows(load.table, 'id')).toHaveLength(2);
    });

    it('publishes twice, at once and afterwards, as if once', async () => {
      const { target, rows } = open();
      const load = fresh([ONE, TWO], { verify: [{ rowCount: 'exact' }] });
      const staged = await stage(engineOf(), target, load);
      const twins = await Promise.all([publish(target, load, staged), publish(target, load, staged)]);
      expect(twins.map(({ alreadyPublished }) => alreadyPublished).sort()).toEqual([false, true]);
      expect(new Set(twins.map((twin) => twin.load)).size).toBe(1);
      const again = await publish(target, load, staged);
      expect(again).toEqual({ ...twins[0], alreadyPublished: true });
      expect(await rows(load.table, 'id')).toHaveLength(3);
    });

    it('loads nothing when another load came in between', async () => {
      const { target, rows } = open();
      const load = fresh([ONE]);
      const { load: newest } = await loadAll(engineOf(), target, load);
      const late = { ...load, runId: `${load.runId}-late`, previous: newest - 1 };
      await expect(loadAll(engineOf(), target, late)).rejects.toMatchObject({ code: 'slice-superseded' });
      expect(await rows(load.table, 'id')).toHaveLength(1);
    });

    it('leaves out the rows that validation took out', async () => {
      const { target, rows } = open();
      const exclusions = `SELECT 0 AS partition, 0::INTEGER AS _sluice_file, 1::BIGINT AS _sluice_row, 'deduplicated' AS fate, '' AS reason`;
      const load = fresh([TWO], { exclusions });
      await loadAll(engineOf(), target, load);
      expect(await rows(load.table, 'id, name')).toEqual([{ id: 3, name: null }]);
    });

    it('publishes a load without rows', async () => {
      const { target, rows } = open();
      for (const partitions of [[`${ONE} WHERE false`], []]) {
        const load = fresh(partitions);
        expect(await loadAll(engineOf(), target, load)).toMatchObject({ rows: 0 });
        expect(await rows(load.table, 'id')).toEqual([]);
      }
    });

    transactional('shows nothing when a staged row is gone', async () => {
      const { target, deleteStagedRow } = open();
      const load = fresh([ONE, TWO], { verify: [] });
      const staged = await stage(engineOf(), target, load);
      await deleteStagedRow();
      await expect(publish(target, load, staged)).rejects.toMatchObject({
        code: expect.stringMatching(/^(verification-failed|staging-lost)$/) as string,
        dataState: 'staged-not-published',
      });
      expect(await target.describe(configOf(load))).toBeNull();
      expect(await target.ledgerSince(load.pipeline!, 0)).toEqual([]);
    });

    transactional('asks for staging again when the server lost it', async () => {
      const { target, emptyStaging, rows } = open();
      const load = fresh([ONE, TWO], { verify: [] });
      const staged = await stage(engineOf(), target, load);
      await emptyStaging();
      await expect(publish(target, load, staged)).rejects.toMatchObject({
        code: 'staging-lost',
        class: 'infrastructure',
      });
      await target.discardStaging(load.runId, load.pipeline!);
      await expect(publish(target, load, staged)).rejects.toMatchObject({ code: 'staging-lost' });
      await publish(target, load, await stage(engineOf(), target, load));
      expect(await rows(load.table, 'id, name')).toEqual(ABC);
    });

    transactional('shows nothing when the run is cancelled right before the commit', async () => {
      const { target } = open();
      const cancelled = new Error('cancelled');
      const load = fresh([ONE], { beforeCommit: () => Promise.reject(cancelled) });
      await expect(loadAll(engineOf(), target, load)).rejects.toBe(cancelled);
      expect(await target.describe(configOf(load))).toBeNull();
    });

    it('refuses counts that do not balance before it touches anything', async () => {
      const { target } = open();
      const load = fresh([ONE], { verify: [] });
      const [part] = await stage(engineOf(), target, load);
      const doubled = [part!, part!];
      await expect(publish(target, load, doubled)).rejects.toMatchObject({ code: 'ledger-imbalance' });
      expect(await target.ledgerSince(load.pipeline!, 0)).toEqual([]);
    });

    it('names each column that does not fit the table', async () => {
      const { target } = open();
      const load = fresh([ONE]);
      await loadAll(engineOf(), target, load);
      const columns = [column('id', 'string'), column('other', 'date')];
      const check = target.checkColumns(configOf(load), columns);
      await expect(check).rejects.toMatchObject({ code: 'target-schema-mismatch' });
      await expect(check).rejects.toThrow(/id is .*; other \(date\) is missing/);
      await target.checkColumns(configOf(load), TWO_COLUMNS);
    });

    it('drops staging that nobody needs any more, and no other', async () => {
      const { target, staging } = open();
      await target.dropStaleStaging([]);
      const [stale, active] = [fresh([ONE]), fresh([ONE, TWO])];
      await stage(engineOf(), target, stale);
      await stage(engineOf(), target, active);
      expect(await staging()).toHaveLength(3);
      const dropped = await target.dropStaleStaging([active.runId]);
      expect(dropped).toHaveLength(1);
      expect(dropped[0]).toContain(stale.runId);
      expect(await staging()).toHaveLength(2);
      await target.discardStaging(active.runId, active.pipeline!);
      expect(await staging()).toEqual([]);
    });

    it('keeps every type exactly, there and back', async () => {
      const { target } = open();
      const types: Record<string, ColumnType> = {
        s: 'string', b: 'boolean', i: 'integer', l: 'bigint', d: 'double', n: 'decimal(12,2)', f: 'decimal(2,2)',
        h: 'decimal(38,4)', day: 'date', t: 'time', ts: 'timestamp', tz: 'timestamptz', u: 'uuid', j: 'json', x: 'binary',
      }; // prettier-ignore
      const values = `('', true, 1, 9007199254740993, '0.1', '12.5', '0.05', '1e30', '2001-02-03', '01:02:03.5', '2001-02-03 04:05:06.000007',
        '2001-02-03 04:05:06+02', '6BA7B810-9DAD-11D1-80B4-00C04FD430C8', '{"b": 1,  "a": [1.50]}', '\\x00\\xFF'::BLOB),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('a,"b"' || chr(10) || chr(13) || '\\.', false, -2147483648, -9223372036854775808, '-Infinity', '-0.01', '-0.99', '-1',
         '0044-03-15 (BC)', '23:59:59.999999', 'infinity', '1900-01-01 00:00:00+00', '00000000-0000-0000-0000-000000000000', 'null', ''::BLOB),
        ('NULL', false, 0, 0, 'NaN', '0', '0', '0', '9999-12-31', '00:00:00', '1969-12-31 23:59:59.999999', '2100-01-01 00:00:00+00',
         'ffffffff-ffff-ffff-ffff-ffffffffffff', '"\\u00e9"', '\\xC3'::BLOB),
        ('\\N', true, 7, 7, '-0.0', '1e9', '0', '99999', '1970-01-01', '12:00:00', '0100-01-01 (BC) 00:00:00.1', '1970-01-01 00:00:00.25+00',
         '00000000-0000-0000-0000-00000000000a', '[]', 'x'::BLOB)`;
      const casts = Object.entries(types).map(([name, type]) => `CAST(${name} AS ${duckdb(type)}) AS ${name}`);
      const select = `SELECT ${casts.join(', ')} FROM (VALUES ${values}) v(${Object.keys(types).join(', ')})`;
      const columns = Object.entries(types).map(([name, type]) => column(name, type));
      const load = fresh([select], { columns, verify: [{ rowCount: 'exact' }, { checksum: '*' }] });
      const result = await loadAll(engineOf(), target, load);
      expect(result.verifications).toHaveLength(columns.length + 2);
      expect(result.verifications.every(({ passed }) => passed)).toBe(true);
      await engineOf().use(async (session) => {
        const file = path.join(session.scratchFolder, 'back.parquet');
        const names = Object.keys(types);
        expect(await target.exportPublished(configOf(load), names, file, session)).toBe(5);
        // JSON may be spaced and ordered anew; everything else is the same bits.
        const list = names.filter((name) => name !== 'j').join(', ');
        const back = `SELECT ${list} FROM read_parquet('${file}')`;
        const differences = `(${back} EXCEPT ALL SELECT ${list} FROM (${select})) UNION ALL (SELECT ${list} FROM (${select}) EXCEPT ALL ${back})`;
        expect(await session.rows(differences)).toEqual([]);
      });
    });

    it('keeps a NUL, or says which column holds it', async () => {
      const { target, holdsNul, rows } = open();
      const load = fresh([`SELECT 1 AS id, 'a' || chr(0) AS name`]);
      if (holdsNul === true) {
        await loadAll(engineOf(), target, load);
        expect(await rows(load.table, 'name')).toEqual([{ name: 'a\0' }]);
        return;
      }
      await expect(loadAll(engineOf(), target, load)).rejects.toMatchObject({
        code: 'target-value-refused',
        class: 'business',
        message: expect.stringContaining('name in 1 rows') as string,
      });
    });

    it('takes hostile names', async () => {
      const { target, rows } = open();
      const hostile = `x"; DROP TABLE t; --'é ${'y'.repeat(30)}`;
      const quoted = `"${hostile.replaceAll('"', '""')}"`;
      const load = fresh([`SELECT 1 AS ${quoted}`], {
        columns: [column(hostile, 'integer')],
        table: `s'"; --.t"'; DROP SCHEMA public; --`,
        runId: `run-'; DROP TABLE x; --`,
        pipeline: `p'"`,
        key: [hostile],
        verify: [{ rowCount: 'exact' }, { checksum: [hostile] }],
      });
      await loadAll(engineOf(), target, load);
      expect(await rows(load.table, quoted)).toEqual([{ [hostile]: 1 }]);
      expect(target.explain(configOf(load), load.columns!).join('\n')).toContain(quoted);
    });

    (capabilities.sqlVerification ? it : it.skip)(
      'runs SQL rules before the commit, read only, one statement',
      async () => {
        const { target, rows } = open();
        const good = fresh([ONE]);
        const sql = `SELECT count(*) = 1 FROM ${good.table}`;
        const result = await loadAll(engineOf(), target, { ...good, verify: [{ sql, name: 'one row' }] });
        expect(result.verifications).toEqual([{ name: 'one row', passed: true, expected: 'true', actual: 'true' }]);
        for (const [statement, why] of [
          ['SELECT false', /expected true, found false/],
          ['SELECT true, true', /1 rows of 2 columns/],
          [`DELETE FROM ${good.table} RETURNING true`, /must be a SELECT/],
          [`WITH x AS (DELETE FROM ${good.table} RETURNING 1) SELECT true FROM x`, /read-only transaction/],
          ['SELECT true; COMMIT', /cannot insert multiple commands/],
          ['SELECT 1/0 = 1', /division by zero/],
        ] as const) {
          const bad = fresh([ONE], { verify: [{ sql: statement }] });
          await expect(loadAll(engineOf(), target, bad)).rejects.toMatchObject({
            code: 'verification-failed',
            message: expect.stringMatching(why) as string,
          });
          expect(await target.describe(configOf(bad))).toBeNull();
        }
        expect(await rows(good.table, 'id')).toHaveLength(1);
      },
    );
  });

  can('replace')(`${kind}: replace`, () => {
    it('shows the new rows in place of the old ones', async () => {
      const { target, rows } = open();
      const load = fresh([ONE], { writeDisposition: 'replace', key: ['id'] });
      const first = await loadAll(engineOf(), target, load);
      const next = { ...load, runId: `${load.runId}-b`, partitions: [ONE, TWO], previous: first.load };
      await loadAll(engineOf(), target, next);
      expect(await rows(load.table, 'id, name')).toEqual(ABC);
    });

    (capabilities.uniqueKeys ? it : it.skip)(
      'refuses a key that is there twice, and keeps what was there',
      async () => {
        const { target, rows } = open();
        const load = fresh([ONE], { writeDisposition: 'replace', key: ['id'] });
        const first = await loadAll(engineOf(), target, load);
        const twice = { ...load, runId: `${load.runId}-b`, partitions: [ONE, ONE], previous: first.load };
        await expect(loadAll(engineOf(), target, twice)).rejects.toMatchObject({
          code: 'target-constraint-violated',
          class: 'business',
        });
        expect(await rows(load.table, 'id, name')).toEqual([{ id: 1, name: 'a' }]);
      },
    );
  });
}

function duckdb(type: ColumnType): string {
  const names: Partial<Record<ColumnType, string>> = { string: 'VARCHAR', binary: 'BLOB' };
  return names[type] ?? type.toUpperCase();
}
