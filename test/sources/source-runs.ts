import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SourceConfig } from '../../src/config/schema/source';
import type { Engine } from '../../src/engine/engine-session';
import type { ArtifactRef } from '../../src/model/artifact';
import type { Partition, Slice, Watermark } from '../../src/model/slice';
import { extractPartition } from '../../src/steps/extract/extract-partition';
import { mergeSeen } from '../../src/steps/extract/merge-seen';
import type { BackfillBounds, Source, SourcePlan } from '../../src/steps/extract/source';

/** What one partition gave. */
export interface Part {
  readonly rows: readonly Record<string, unknown>[];
  readonly rejects: readonly Record<string, unknown>[];
  readonly read: number;
  /** Local file of the hashes that the next run needs; null for none. */
  readonly seen: string | null;
}

/** What one run took, and the watermark behind it. */
export interface SourceRun {
  /** Why there was nothing to take; null where something was. */
  readonly reason: string | null;
  readonly rows: Part['rows'];
  readonly rejects: Part['rejects'];
  readonly read: number;
  readonly notes: readonly string[];
  readonly watermark: Watermark | null;
}

/** Runs over a source, without an orchestration. */
export interface SourceRuns {
  plan(
    source: Source,
    config: SourceConfig,
    watermark?: Watermark | null,
    backfill?: BackfillBounds,
  ): Promise<SourcePlan>;
  extract(source: Source, config: SourceConfig, partition: Partition, earlier?: string | null): Promise<Part>;
  /** Plans from the watermark, extracts, and moves it behind what was taken, as the orchestration does. */
  run(
    source: Source,
    config: SourceConfig,
    before: Watermark | null,
    between?: () => Promise<void>,
  ): Promise<SourceRun>;
}

/** Runs for the tests of one file; its folder goes with it. */
export function useSourceRuns(engine: () => Engine): SourceRuns {
  let folder = '';
  let files = 0;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-source-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const name = (what: string) => path.join(folder, `${what}-${(files += 1)}.parquet`);

  const plan: SourceRuns['plan'] = (source, config, watermark = null, backfill) =>
    engine().use((session) =>
      source.plan({
        config,
        writeDisposition: 'append',
        definitionHash: 'd',
        watermark,
        session,
        ...(backfill && { backfill }),
      }),
    );

  const extract: SourceRuns['extract'] = (source, config, partition, earlier = null) =>
    engine().use(
      async (session) => {
        const [rawFile, rejectsFile, seenFile] = [name('raw'), name('rejects'), name('seen')];
        const files = { rawFile, rejectsFile, seenFile, earlierSeenFile: earlier };
        const facts = await extractPartition({ source, config, partition, session, ...files });
        const all = (file: string) => session.rows(`SELECT * FROM read_parquet('${file}') ORDER BY ALL`);
        return {
          rows: await all(rawFile),
          rejects: facts.rejects > 0 ? await all(rejectsFile) : [],
          read: facts.read,
          seen: facts.seen > 0 ? seenFile : null,
        };
      },
      { readable: [folder] },
    );

  const merged = async (seen: readonly string[]): Promise<ArtifactRef | null> => {
    if (seen.length === 0) return null;
    const file = name('merged');
    const rows = await engine().use(
      async (session) => {
        await mergeSeen(session, seen, file);
        const [count] = await session.rows<{ n: bigint }>(`SELECT count(*) AS n FROM read_parquet('${file}')`);
        return Number(count?.n);
      },
      { readable: [folder] },
    );
    return { path: file, bytes: 1, sha256: '', rows, columns: [] };
  };

  const run: SourceRuns['run'] = async (source, config, before, between = async () => {}) => {
    const answer = await plan(source, config, before);
    const { notes } = answer;
    if (answer.outcome === 'up-to-date') {
      return { reason: answer.reason, rows: [], rejects: [], read: 0, notes, watermark: before };
    }
    await between();
    const parts: Part[] = [];
    for (const partition of answer.partitions) {
      parts.push(await extract(source, config, partition, before?.seen?.path ?? null));
    }
    const slice = answer.slice as Extract<Slice, { kind: 'range' }>;
    const seen = parts.flatMap((part) => (part.seen === null ? [] : [part.seen]));
    const watermark: Watermark = {
      pipeline: 'p',
      load: (before?.load ?? 0) + 1,
      files: [],
      value: slice.to,
      definitionHash: 'd',
      seen: await merged(seen),
    };
    return {
      reason: null,
      rows: parts.flatMap((part) => part.rows),
      rejects: parts.flatMap((part) => part.rejects),
      read: parts.reduce((sum, part) => sum + part.read, 0),
      notes,
      watermark,
    };
  };
  return { plan, extract, run };
}
