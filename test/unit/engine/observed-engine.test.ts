import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../src/engine/create-engine';
import type { EngineObserver, SessionFacts } from '../../../src/model/engine-observer';
import type { ObservedCall } from '../../../src/model/observed-call';

const limits = { memoryLimitBytes: 64 * 2 ** 20, tempLimitBytes: 2 ** 30, threads: 1, slots: 1 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-observed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function observer(): { observer: EngineObserver; calls: ObservedCall[]; sessions: SessionFacts[]; disk: number[] } {
  const calls: ObservedCall[] = [];
  const sessions: SessionFacts[] = [];
  const disk: number[] = [];
  return {
    calls,
    sessions,
    disk,
    observer: {
      call: (call) => void calls.push(call),
      sessionEnded: (facts) => void sessions.push(facts),
      diskUsed: (bytes) => void disk.push(bytes),
    },
  };
}

test('an observer is told of statements, by their kind, and of what a session had on the disk', async () => {
  const seen = observer();
  const engine = createEngine({ ...limits, tempFolder: folder }, seen.observer);
  await engine.use(async (session) => {
    await session.run(
      `COPY (SELECT range AS secret FROM range(200000)) TO '${join(session.scratchFolder, 'x.parquet')}'`,
    );
    await session.rows('SELECT 1 AS one');
    await session.run('SELECT nothing').catch(() => undefined);
  });
  expect(seen.calls.map(({ system, operation, failed }) => `${system} ${operation} ${failed}`)).toEqual([
    'duckdb COPY false',
    'duckdb SELECT false',
    'duckdb SELECT true',
  ]);
  expect(JSON.stringify(seen.calls)).not.toContain('secret');
  expect(seen.sessions).toEqual([{ waitedMs: expect.any(Number), diskBytes: expect.any(Number), spillBytes: 0 }]);
  expect(seen.sessions[0]?.diskBytes).toBeGreaterThan(10_000);
  // What a session had is given back.
  expect(seen.disk.at(-1)).toBe(0);
});

test('what is spilled is told apart from what is kept', async () => {
  const seen = observer();
  const engine = createEngine({ ...limits, tempFolder: folder }, seen.observer);
  await engine.use((session) =>
    session.run(
      'CREATE TEMP TABLE big AS SELECT range AS id, md5(range::VARCHAR) AS a, md5((range + 1)::VARCHAR) AS b FROM range(3000000)',
    ),
  );
  expect(seen.sessions[0]?.spillBytes).toBeGreaterThan(2 ** 20);
  expect(seen.sessions[0]?.diskBytes).toBe(seen.sessions[0]?.spillBytes);
});

test('a session that waits for its slot says how long', async () => {
  const seen = observer();
  const engine = createEngine({ ...limits, tempFolder: folder }, seen.observer);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = engine.use(() => held);
  const second = engine.use(async () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  release();
  await Promise.all([first, second]);
  expect(seen.sessions[1]?.waitedMs).toBeGreaterThan(seen.sessions[0]!.waitedMs);
});
