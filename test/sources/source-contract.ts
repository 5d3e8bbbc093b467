import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { source as sourceSchema, type SourceConfig } from '../../src/config/schema/source';
import { createEngine } from '../../src/engine/create-engine';
import type { Engine } from '../../src/engine/engine-session';
import type { Partition, Watermark } from '../../src/model/slice';
import { extractPartition, type ExtractFacts } from '../../src/steps/extract/extract-partition';
import type { Source, SourceCapabilities, SourcePlan } from '../../src/steps/extract/source';

/** A place with files, and the kind of source that reads it. */
export interface SourceHarness {
  readonly source: Source;
  /** Writes a file, or another version of it. */
  put(file: string, content: string | Buffer): Promise<void>;
  remove(file: string): Promise<void>;
  /** Parquet with the rows of a query, as bytes. */
  parquet(query: string, rowGroupSize?: number): Promise<Buffer>;
}

export interface Extracted {
  readonly facts: ExtractFacts;
  readonly rows: readonly Record<string, unknown>[];
  readonly rejects: readonly Record<string, unknown>[];
}

/** An engine for the tests of one file; its folder goes with it. */
export function useTestEngine(): () => Engine {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-engine-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () =>
    createEngine({ memoryLimitBytes: 512 << 20, tempLimitBytes: 1 << 30, threads: 2, slots: 4, tempFolder: folder });
}

export function configOf(config: Record<string, unknown>): SourceConfig {
  return sourceSchema.parse({ connection: 'landing', ...config });
}

export function planOf(
  engine: Engine,
  source: Source,
  config: SourceConfig,
  more: { watermark?: Watermark; writeDisposition?: 'append' | 'replace'; definitionHash?: string } = {},
): Promise<SourcePlan> {
  return engine.use((session) =>
    source.plan({ config, writeDisposition: 'append', definitionHash: 'd1', watermark: null, session, ...more }),
  );
}

export async function planned(engine: Engine, source: Source, config: SourceConfig) {
  const plan = await planOf(engine, source, config);
  if (plan.outcome !== 'planned') throw new Error(`not planned: ${plan.reason}`);
  return plan;
}

/** Extracts one partition and reads back what was written. */
export function extract(
  engine: Engine,
  source: Source,
  config: SourceConfig,
  partition: Partition,
): Promise<Extracted> {
  return engine.use(async (session) => {
    const rawFile = path.join(session.scratchFolder, 'raw.parquet');
    const rejectsFile = path.join(session.scratchFolder, 'rejects.parquet');
    const facts = await extractPartition({ source, config, partition, session, rawFile, rejectsFile });
    const order = 'ORDER BY _sluice_file, _sluice_row LIMIT 1000';
    return {
      facts,
      rows: await session.rows(`SELECT * FROM read_parquet('${rawFile}') ${order}`),
      rejects: facts.rejects > 0 ? await session.rows(`SELECT * FROM read_parquet('${rejectsFile}') ${order}`) : [],
    };
  });
}

/** Plans and extracts everything; rows of all partitions in order. */
export async function extractAll(engine: Engine, source: Source, config: SourceConfig): Promise<Extracted> {
  const plan = await planned(engine, source, config);
  const parts: Extracted[] = [];
  for (const partition of plan.partitions) parts.push(await extract(engine, source, config, partition));
  const sum = (key: 'rows' | 'rejects' | 'read' | 'seen') => parts.reduce((total, part) => total + part.facts[key], 0);
  return {
    facts: {
      rows: sum('rows'),
      rejects: sum('rejects'),
      read: sum('read'),
      seen: sum('seen'),
      columns: parts[0]?.facts.columns ?? [],
    },
    rows: parts.flatMap((part) => part.rows),
    rejects: parts.flatMap((part) => part.rejects),
  };
}

/** What every kind of source that reads files must do; parts that a kind does not declare are skipped by name. */
export function describeFileSource(
  kind: string,
  capabilities: SourceCapabilities,
  open: () => SourceHarness,
  engineOf: () => Engine,
): void {
  const withFormat = (format: string) => (capabilities.formats.includes(format) ? describe : describe.skip);
  const at = (row: number, file = 0) => ({ _sluice_file: file, _sluice_row: BigInt(row) });

  describe(`${kind}: listing and slices`, () => {
    it('matches globs, by path, and numbers files by their place in the slice', async () => {
      const { source, put } = open();
      await put('g/b.csv', 'a\n2\n');
      await put('g/a.csv', 'a\n1\n');
      await put('g/deep/c.csv', 'a\n3\n');
      await put('g/other.txt', 'a\n4\n');
      const flat = await planned(engineOf(), source, configOf({ files: 'g/*.csv' }));
      expect(flat.slice).toMatchObject({ kind: 'files', files: [{ path: 'g/a.csv' }, { path: 'g/b.csv' }] });
      const deep = await extractAll(engineOf(), source, configOf({ files: 'g/**/*.csv' }));
      expect(deep.rows).toEqual([
        { a: '1', ...at(1, 0) },
        { a: '2', ...at(1, 1) },
        { a: '3', ...at(1, 2) },
      ]);
    });

    it('fails with source-not-found when a file is missing', async () => {
      const { source } = open();
      const plan = planned(engineOf(), source, configOf({ files: 'nowhere/x.csv' }));
      await expect(plan).rejects.toMatchObject({
        code: 'source-not-found',
        class: 'persistent',
        connection: 'landing',
      });
    });

    it('takes only new and changed files for an append, and everything for a replace that changed', async () => {
      const { source, put } = open();
      await put('i/a.csv', 'a\n1\n');
      const config = configOf({ files: 'i/*.csv', incremental: { by: 'file' } });
      const first = await planned(engineOf(), source, config);
      const files = first.slice.kind === 'files' ? first.slice.files : [];
      const watermark = { pipeline: 'p', load: 7, files, value: null, definitionHash: 'd1' };
      const plan = (writeDisposition: 'append' | 'replace', definitionHash = 'd1') =>
        planOf(engineOf(), source, config, { watermark, writeDisposition, definitionHash });
      const upToDate = {
        outcome: 'up-to-date',
        reason: expect.stringMatching(/^already loaded: i\/a\.csv, by load 7/),
      };
      expect(await plan('append')).toMatchObject(upToDate);
      expect(await plan('replace')).toMatchObject(upToDate);
      expect(await plan('replace', 'd2')).toMatchObject({ slice: { files: [{ path: 'i/a.csv' }] } });
      await put('i/b.csv', 'a\n2\n');
      expect(await plan('append')).toMatchObject({ slice: { files: [{ path: 'i/b.csv' }] } });
      expect(await plan('replace')).toMatchObject({ slice: { files: [{ path: 'i/a.csv' }, { path: 'i/b.csv' }] } });
    });

    it('leaves files that may still be being written', async () => {
      const { source, put } = open();
      await put('s/a.csv', 'a\n1\n');
      const plan = await planOf(engineOf(), source, configOf({ files: 's/*.csv', settle: '1h' }));
      expect(plan).toMatchObject({ outcome: 'up-to-date', notes: [expect.stringContaining('s/a.csv was left')] });
    });

    it('refuses a file that changed after it was planned', async () => {
      const { source, put, remove } = open();
      const config = configOf({ files: 'c/a.csv' });
      await put('c/a.csv', 'a\n1\n');
      const [partition] = (await planned(engineOf(), source, config)).partitions;
      await put('c/a.csv', 'a\n2\n');
      await expect(extract(engineOf(), source, config, partition!)).rejects.toMatchObject({ code: 'source-changed' });
      await remove('c/a.csv');
      // Emulators answer the condition before the existence.
      await expect(extract(engineOf(), source, config, partition!)).rejects.toMatchObject({
        code: expect.stringMatching(/^source-(not-found|changed)$/) as string,
      });
    });

    it('packs small files and honours min and max', async () => {
      const { source, put } = open();
      for (let index = 0; index < 9; index += 1) await put(`p/${index}.csv`, `a\n${index}\n`);
      const count = async (partitions: object) =>
        (await planned(engineOf(), source, configOf({ files: 'p/*.csv', partitions }))).partitions.length;
      expect(await count({})).toBe(1);
      expect(await count({ min: 4 })).toBeGreaterThanOrEqual(4);
      expect(await count({ min: 100 })).toBe(9);
      expect(await count({ targetBytes: 1 })).toBe(9);
      expect(await count({ targetBytes: 1, max: 3 })).toBeLessThanOrEqual(3);
      const { facts } = await extractAll(engineOf(), source, configOf({ files: 'p/*.csv', partitions: { min: 4 } }));
      expect(facts.read).toBe(9);
    });

    it('tries the connection in words', async () => {
      expect((await open().source.test()).join(' ')).toMatch(/can be listed/);
    });
  });

  withFormat('csv')(`${kind}: csv`, () => {
    it('splits a big file by lines where no field holds a line end, and takes each row once', async () => {
      const { source, put } = open();
      const lines = Array.from({ length: 300_000 }, (_, index) => `${index},"${'x'.repeat(index % 90)}",ü`);
      await put('split/a.csv', Buffer.from(`id,text,sign\n${lines.join('\r\n')}`));
      const format = { type: 'csv', multiline: false };
      const config = configOf({ files: 'split/a.csv', format, partitions: { targetBytes: 8 << 20 } });
      const plan = await planned(engineOf(), source, config);
      expect(plan.partitions.length).toBeGreaterThan(1);
      expect(plan.partitions[1]?.label).toMatch(/^split\/a\.csv bytes 8388608-/);
      const parts: Extracted[] = [];
      for (const partition of plan.partitions) parts.push(await extract(engineOf(), source, config, partition));
      expect(parts.reduce((sum, { facts }) => sum + facts.rows, 0)).toBe(300_000);
      expect(parts.every(({ facts }) => facts.rejects === 0)).toBe(true);
      const [first, second] = parts.map(({ rows }) => rows.map(({ id }) => Number(id)));
      expect(first?.[0]).toBe(0);
      expect(second?.[0]).toBe(parts[0]?.facts.rows);
      expect(parts[1]?.rows[0]).toMatchObject({ sign: 'ü', _sluice_row: BigInt((8 << 20) + 1) });
      const whole = configOf({ files: 'split/a.csv', partitions: { targetBytes: 8 << 20 } });
      expect((await planned(engineOf(), source, whole)).partitions).toHaveLength(1);
    });

    it('binds by the name in the header, not by position', async () => {
      const { source, put } = open();
      await put('h/a.csv', 'a,b\n1,2\n');
      await put('h/b.csv', 'b,a\n4,3\n');
      const { rows } = await extractAll(engineOf(), source, configOf({ files: 'h/*.csv' }));
      expect(rows).toEqual([
        { a: '1', b: '2', ...at(1, 0) },
        { a: '3', b: '4', ...at(1, 1) },
      ]);
    });

    it('keeps malformed records aside with number, reason and text, and counts them as read', async () => {
      const { source, put } = open();
      await put('r/a.csv', '\ufeffa,b\r\n1,2\n3\r\n"x\ny",5,6\n7,"8\n9,10\n');
      const { facts, rows, rejects } = await extractAll(engineOf(), source, configOf({ files: 'r/a.csv' }));
      expect(facts).toMatchObject({ rows: 2, rejects: 3, read: 5 });
      expect(rows).toEqual([
        { a: '1', b: '2', ...at(1) },
        { a: '9', b: '10', ...at(5) },
      ]);
      expect(rejects).toEqual([
        { ...at(2), reason: 'malformed-row(1 fields instead of 2)', raw: '3' },
        { ...at(3), reason: 'malformed-row(3 fields instead of 2)', raw: '"x\ny",5,6' },
        { ...at(4), reason: 'malformed-row(a quote that is never closed)', raw: '7,"8' },
      ]);
    });

    it('tells an empty field from an empty text and knows null tokens', async () => {
      const { source, put } = open();
      await put('n/a.csv', 'a,b,c\n,"",NA\n\\N, x ,"NA"\n');
      const format = { type: 'csv', nullTokens: ['NA', '\\N'] };
      const { rows } = await extractAll(engineOf(), source, configOf({ files: 'n/a.csv', format }));
      expect(rows).toEqual([
        { a: null, b: '', c: null, ...at(1) },
        { a: null, b: ' x ', c: null, ...at(2) },
      ]);
    });

    it.each([
      ['a,a\n1,2\n', 'twice'],
      ['a,A\n1,2\n', 'twice'],
      ['a,\n1,2\n', 'no name'],
      ['a,_sluice_row\n1,2\n', 'kept for Sluice'],
      ['', 'empty'],
    ])('refuses the header of %j', async (content, why) => {
      const { source, put } = open();
      await put('bad/a.csv', content);
      const plan = planned(engineOf(), source, configOf({ files: 'bad/a.csv' }));
      await expect(plan).rejects.toMatchObject({
        code: 'source-schema-mismatch',
        message: expect.stringContaining(why) as string,
      });
    });

    it('names each column that differs from the declared ones, or drifts as the pipeline says', async () => {
      const { source, put } = open();
      await put('d/a.csv', 'a,x\n1,2\n');
      const columns = { a: 'integer', b: 'string' };
      const config = (policy?: string) =>
        configOf({ files: 'd/a.csv', columns, ...(policy && { schema: { columns: policy } }) });
      await expect(planned(engineOf(), source, config())).rejects.toMatchObject({
        message: expect.stringMatching(/b is missing; x is not expected/) as string,
      });
      expect((await extractAll(engineOf(), source, config('discardValue'))).rows).toEqual([
        { a: '1', b: null, ...at(1) },
      ]);
      expect((await extractAll(engineOf(), source, config('evolve'))).rows).toEqual([
        { a: '1', b: null, x: '2', ...at(1) },
      ]);
    });

    it('reads hostile names, other delimiters, no header, other encodings, gzip and zstd', async () => {
      const { source, put } = open();
      await put('o/a.csv', `"o'x"";--",b\n1,2\n`);
      expect((await extractAll(engineOf(), source, configOf({ files: 'o/a.csv' }))).rows).toEqual([
        { [`o'x";--`]: '1', b: '2', ...at(1) },
      ]);
      await put('o/b.txt', "1;'x;y'\n");
      const format = { type: 'csv', delimiter: ';', quote: "'", header: false };
      const named = { format, columns: { n: 'string', t: 'string' } };
      expect((await extractAll(engineOf(), source, configOf({ files: 'o/b.txt', ...named }))).rows).toEqual([
        { n: '1', t: 'x;y', ...at(1) },
      ]);
      expect((await extractAll(engineOf(), source, configOf({ files: 'o/b.txt', format }))).rows).toEqual([
        { column0: '1', column1: 'x;y', ...at(1) },
      ]);
      await put('o/l.csv', Buffer.from('a\nä\n', 'latin1'));
      await put('o/u.csv', Buffer.from('\ufeffa\nä\n', 'utf16le'));
      for (const [file, encoding] of [
        ['o/l.csv', 'latin-1'],
        ['o/u.csv', 'utf-16'],
      ]) {
        const config = configOf({ files: file, format: { type: 'csv', encoding } });
        expect((await extractAll(engineOf(), source, config)).rows).toEqual([{ a: 'ä', ...at(1) }]);
      }
      await put('o/g.csv.gz', gzipSync('a\n1\n'));
      await put('o/z.csv.zst', zstdCompressSync('a\n1\n'));
      for (const file of ['o/g.csv.gz', 'o/z.csv.zst']) {
        expect((await extractAll(engineOf(), source, configOf({ files: file }))).rows).toEqual([{ a: '1', ...at(1) }]);
      }
      await put('o/broken.csv.gz', 'no gzip at all');
      await expect(planned(engineOf(), source, configOf({ files: 'o/broken.csv.gz' }))).rejects.toMatchObject({
        code: 'file-unreadable',
        message: expect.stringContaining('o/broken.csv.gz') as string,
      });
    });
  });

  withFormat('ndjson')(`${kind}: ndjson`, () => {
    it('takes the union of the keys, as text, and keeps lines that are no objects aside', async () => {
      const { source, put } = open();
      await put('j/a.ndjson', '{"a":1,"b":{"x":[1]}}\n\n{"a":\n[1]\n{"c":"é\\u0041","a":null}\n');
      const { facts, rows, rejects } = await extractAll(engineOf(), source, configOf({ files: 'j/a.ndjson' }));
      expect(facts).toMatchObject({ rows: 2, rejects: 2, read: 4 });
      expect(rows).toEqual([
        { a: '1', b: '{"x":[1]}', c: null, ...at(1) },
        { a: null, b: null, c: 'éA', ...at(4) },
      ]);
      expect(rejects).toEqual([
        { ...at(2), reason: 'malformed-row(no JSON object)', raw: '{"a":' },
        { ...at(3), reason: 'malformed-row(no JSON object)', raw: '[1]' },
      ]);
    });

    it('does with keys that are no columns what the pipeline says', async () => {
      const { source, put } = open();
      await put('k/a.ndjson.gz', gzipSync('{"a":1}\n{"a":2,"z":3}\n'));
      const config = (policy: string) =>
        configOf({ files: 'k/a.ndjson.gz', columns: { a: 'integer' }, schema: { columns: policy } });
      await expect(extractAll(engineOf(), source, config('freeze'))).rejects.toMatchObject({
        code: 'source-schema-mismatch',
        message: expect.stringContaining('k/a.ndjson.gz, row 2') as string,
      });
      expect((await extractAll(engineOf(), source, config('discardValue'))).facts).toMatchObject({
        rows: 2,
        rejects: 0,
      });
      expect((await extractAll(engineOf(), source, config('quarantineRow'))).facts).toMatchObject({
        rows: 1,
        rejects: 1,
      });
    });
  });

  withFormat('json')(`${kind}: json`, () => {
    it('reads an array, or objects one after the other, and names a broken file', async () => {
      const { source, put } = open();
      await put('m/a.json', '[{"a":1,"b":"x"},{"a":2},3]');
      const { rows, rejects } = await extractAll(engineOf(), source, configOf({ files: 'm/a.json' }));
      expect(rows).toEqual([
        { a: '1', b: 'x', ...at(1) },
        { a: '2', b: null, ...at(2) },
      ]);
      expect(rejects).toMatchObject([{ ...at(3), raw: '3' }]);
      await put('m/b.json', '[{"a":1,"b":"x"},{"a":2]');
      const broken = configOf({ files: 'm/b.json', columns: { a: 'integer', b: 'string' } });
      await expect(extractAll(engineOf(), source, broken)).rejects.toMatchObject({
        code: 'file-unreadable',
        message: expect.stringContaining('m/b.json') as string,
      });
    });
  });

  withFormat('parquet')(`${kind}: parquet`, () => {
    it('splits by row groups and reads every row once, with its number and its own type', async () => {
      const { source, put, parquet } = open();
      await put('q/a.parquet', await parquet('SELECT i AS n, i::VARCHAR AS t FROM range(10000) r(i)', 2048));
      await put('q/b.parquet', await parquet('SELECT i AS n, NULL::VARCHAR AS t FROM range(10) r(i)'));
      const config = configOf({ files: 'q/*.parquet', partitions: { min: 4 } });
      const plan = await planned(engineOf(), source, config);
      expect(plan.partitions.length).toBeGreaterThanOrEqual(capabilities.partitioning.includes('row-groups') ? 4 : 1);
      expect(plan.columns).toMatchObject([
        { name: 'n', type: 'bigint' },
        { name: 't', type: 'string' },
      ]);
      const seen = new Set<string>();
      let sum = 0n;
      for (const partition of plan.partitions) {
        const { facts, rows } = await extract(engineOf(), source, config, partition);
        expect(facts.rows).toBe(partition.estimatedRows);
        for (const row of rows.slice(0, 1)) {
          expect(row['_sluice_row']).toBe((row['n'] as bigint) + 1n);
          seen.add(`${String(row['_sluice_file'])}/${String(row['_sluice_row'])}`);
        }
        sum += BigInt(facts.rows);
      }
      expect(seen.size).toBe(plan.partitions.length);
      expect(sum).toBe(10010n);
    });

    it('gives nested values as JSON and odd types as ones that every target has', async () => {
      const { source, put, parquet } = open();
      const query = `SELECT {'x': [1, 2]} AS s, 7::UTINYINT AS u, 'x'::BLOB AS b, 1.5::DECIMAL(9,2) AS d`;
      await put('t/a.parquet', await parquet(query));
      const { facts, rows } = await extractAll(engineOf(), source, configOf({ files: 't/a.parquet' }));
      expect(facts.columns.map(({ type }) => type)).toEqual(['json', 'integer', 'binary', 'decimal(9,2)']);
      expect(rows).toMatchObject([{ s: '{"x":[1,2]}', u: 7, d: '1.50', ...at(1) }]);
    });

    it('reads a file without rows', async () => {
      const { source, put, parquet } = open();
      await put('e/a.parquet', await parquet('SELECT 1 AS a WHERE false'));
      expect((await extractAll(engineOf(), source, configOf({ files: 'e/a.parquet' }))).facts.read).toBe(0);
    });

    it('names a file that is no Parquet, or only the first part of one', async () => {
      const { source, put, parquet } = open();
      const whole = await parquet('SELECT i FROM range(1000) r(i)');
      const damaged = Buffer.from(whole);
      damaged.fill(0xff, whole.length - 40, whole.length - 8);
      for (const content of ['', 'text, no Parquet', whole.subarray(0, whole.length >> 1), damaged]) {
        await put('u/a.parquet', content);
        await expect(extractAll(engineOf(), source, configOf({ files: 'u/a.parquet' }))).rejects.toMatchObject({
          code: 'file-unreadable',
          message: expect.stringContaining('u/a.parquet') as string,
        });
      }
    });

    it('refuses files whose types contradict each other', async () => {
      const { source, put, parquet } = open();
      await put('v/a.parquet', await parquet('SELECT 1 AS a'));
      await put('v/b.parquet', await parquet(`SELECT 'x' AS a`));
      await expect(planned(engineOf(), source, configOf({ files: 'v/*.parquet' }))).rejects.toMatchObject({
        code: 'source-schema-mismatch',
        message: expect.stringContaining('v/b.parquet: a is string where integer is expected') as string,
      });
    });
  });
}
