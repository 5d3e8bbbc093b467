import type { SourceConfig } from '../../src/config/schema/source';
import type { Engine } from '../../src/engine/engine-session';
import type { Source } from '../../src/steps/extract/source';
import { useSourceRuns } from './source-runs';

/** Rows of a source of one test; `at` is a time in UTC, or a number. */
export interface ColumnSourceHarness {
  readonly source: Source;
  /** The columns `id` and `at`, read by the latter. */
  config(incremental: { lag?: string | number; nulls?: string; start?: string | number }): SourceConfig;
  put(rows: readonly { readonly id: number; readonly at: string | null }[]): Promise<void>;
}

/** What every kind of source must do that is read by a column: each row once, whatever is written when. */
export function describeColumnSource(
  kind: string,
  open: (at: 'time' | 'number') => Promise<ColumnSourceHarness>,
  engine: () => Engine,
): void {
  describe(`${kind} source: read by a column`, () => {
    const runs = useSourceRuns(engine);
    const ids = (rows: readonly Record<string, unknown>[]) =>
      rows.map((row) => Number(row['id'])).toSorted((a, b) => a - b);

    it('takes rows that share the boundary once, also those that are committed late', async () => {
      const { source, config, put } = await open('time');
      await put([
        { id: 1, at: '2024-03-31T00:59:00Z' },
        { id: 2, at: '2024-03-31T01:00:00Z' },
        { id: 3, at: '2024-03-31T01:00:00Z' },
      ]);
      const first = await runs.run(source, config({}), null);
      expect(ids(first.rows)).toEqual([1, 2, 3]);
      expect((await runs.run(source, config({}), first.watermark)).reason).toMatch(/^already loaded/);
      // One more at the boundary, one equal to a loaded row in every column, one beyond.
      await put([
        { id: 4, at: '2024-03-31T01:00:00Z' },
        { id: 3, at: '2024-03-31T01:00:00Z' },
        { id: 5, at: '2024-03-31T01:00:01Z' },
      ]);
      const second = await runs.run(source, config({}), first.watermark);
      expect(ids(second.rows)).toEqual([3, 4, 5]);
      expect(second.read).toBe(3);
      expect((await runs.run(source, config({}), second.watermark)).reason).toMatch(/^already loaded/);
    });

    it('looks back by its lag and finds what was committed late with an earlier value, once', async () => {
      const { source, config, put } = await open('time');
      const at = (minutes: number) => new Date(Date.UTC(2024, 0, 1) + minutes * 60_000).toISOString();
      await put(Array.from({ length: 20 }, (_, index) => ({ id: index + 1, at: at((index + 1) * 10) })));
      const first = await runs.run(source, config({ lag: '1h' }), null);
      expect(ids(first.rows)).toHaveLength(20);
      expect(first.watermark?.seen?.rows).toBe(7);
      // The last one lies behind the lag: the documented limit.
      await put([
        { id: 100, at: at(165) },
        { id: 101, at: at(220) },
        { id: 102, at: at(60) },
      ]);
      const second = await runs.run(source, config({ lag: '1h' }), first.watermark);
      expect(ids(second.rows)).toEqual([100, 101]);
      expect((await runs.run(source, config({ lag: '1h' }), second.watermark)).reason).toMatch(/^already loaded/);
    });

    it('takes nothing beyond what was planned: rows committed while it reads wait for the next run', async () => {
      const { source, config, put } = await open('number');
      await put(Array.from({ length: 10 }, (_, index) => ({ id: index + 1, at: String(index + 1) })));
      const first = await runs.run(source, config({ lag: 2 }), null, () =>
        put([
          { id: 11, at: '11' },
          { id: 10, at: '10' },
        ]),
      );
      expect(ids(first.rows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
      const second = await runs.run(source, config({ lag: 2 }), first.watermark);
      expect(ids(second.rows)).toEqual([11]);
    });

    it.each([
      ['include', [1, 2, 9], [3]],
      ['exclude', [1, 2], [3]],
    ])('%s rows without a value', async (nulls, first, second) => {
      const { source, config, put } = await open('number');
      await put([
        { id: 1, at: '1' },
        { id: 2, at: '2' },
        { id: 9, at: null },
      ]);
      const one = await runs.run(source, config({ nulls }), null);
      expect(ids(one.rows)).toEqual(first);
      expect(one.notes.join(' ')).toMatch(/^1 rows without at were/);
      await put([{ id: 3, at: '3' }]);
      expect(ids((await runs.run(source, config({ nulls }), one.watermark)).rows)).toEqual(second);
    });

    it('fails on rows without a value unless told otherwise', async () => {
      const { source, config, put } = await open('number');
      await put([
        { id: 1, at: '1' },
        { id: 9, at: null },
      ]);
      await expect(runs.plan(source, config({}))).rejects.toMatchObject({ code: 'cursor-null', class: 'business' });
    });

    it('starts where it is told, and says when there is nothing', async () => {
      const { source, config, put } = await open('number');
      await put([]);
      expect((await runs.run(source, config({}), null)).reason).toMatch(/holds no row with a at$/);
      await put([
        { id: 1, at: '1' },
        { id: 2, at: '20' },
      ]);
      expect(ids((await runs.run(source, config({ start: 10 }), null)).rows)).toEqual([2]);
    });

    it('takes the rows of a window for a backfill, its end left out, and keeps away from what was loaded', async () => {
      const { source, config, put } = await open('time');
      const days = ['01', '02', '03', '04'];
      await put(days.map((day, index) => ({ id: index + 1, at: `2024-01-${day}T00:00:00Z` })));
      const window = { id: 'bf-1', from: '2024-01-02', to: '2024-01-04', loaded: [] };
      const plan = await runs.plan(source, config({}), null, window);
      if (plan.outcome !== 'planned') throw new Error(plan.reason);
      expect(plan.slice).toMatchObject({ kind: 'backfill', backfill: 'bf-1', column: 'at' });
      const parts = await Promise.all(plan.partitions.map((part) => runs.extract(source, config({}), part)));
      expect(ids(parts.flatMap(({ rows }) => rows))).toEqual([2, 3]);
      const by = 'load 3 of run-1';
      const loaded = [{ from: '2024-01-03 00:00:00+00', to: null, toIncluded: true, by }];
      await expect(runs.plan(source, config({}), null, { ...window, loaded })).rejects.toMatchObject({
        code: 'backfill-not-possible',
        message: expect.stringContaining(by) as string,
      });
      for (const from of ['7', 'yesterday']) {
        await expect(runs.plan(source, config({}), null, { ...window, from })).rejects.toMatchObject({
          class: expect.stringMatching(/business|persistent/) as string,
        });
      }
    });
  });
}
