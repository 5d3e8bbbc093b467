import { mendedWatermark } from '../../../../src/durable/activities/mended-watermark';
import type { Slice, Watermark } from '../../../../src/model/slice';
import type { LedgerEntry } from '../../../../src/steps/load/target';

const file = (path: string) => ({ path, etag: '1', bytes: 1, modifiedAt: '2026-01-01T00:00:00.000Z' });
const files = (...paths: string[]): Slice => ({ kind: 'files', files: paths.map(file) });
const entry = (load: number, slice: Slice, definitionHash = 'first'): LedgerEntry => ({
  load,
  slice,
  definitionHash,
  runId: `run-${load}`,
  pipeline: 'orders',
  counts: { read: 1, generated: 0, filtered: 0, deduplicated: 0, collapsed: 0, quarantined: 0, loaded: 1 },
  checksums: {},
  writeDisposition: 'append',
  publishedAt: '2026-01-01T00:00:00.000Z',
});
const at = (load: number): Watermark => ({
  pipeline: 'orders',
  load,
  files: [file('a')],
  value: null,
  definitionHash: 'first',
});

function mend(stored: Watermark | null, ledger: readonly LedgerEntry[]) {
  const advanced: Watermark[] = [];
  const watermarks = { get: async () => stored, advance: async (to: Watermark) => void advanced.push(to) };
  const services = { stores: { watermarks }, log: { info: () => undefined } } as unknown as Parameters<
    typeof mendedWatermark
  >[0];
  const target = { ledgerSince: async (_: string, load: number) => ledger.filter((one) => one.load > load) };
  return { advanced, result: mendedWatermark(services, target, 'orders', 'warehouse') };
}

test('a watermark that the ledger knows stays, without being written again', async () => {
  const { result, advanced } = mend(at(7), [entry(3, files('x')), entry(7, files('a'))]);
  expect(await result).toEqual(at(7));
  expect(advanced).toEqual([]);
});

test('loads beyond it are taken in; a release moves the load and nothing else', async () => {
  const release: Slice = { kind: 'release', release: 'rel-1', runs: ['run-7'] };
  const { result, advanced } = mend(at(7), [entry(7, files('a')), entry(9, release, 'second')]);
  expect(await result).toEqual({ ...at(7), load: 9 });
  expect(advanced).toEqual([{ ...at(7), load: 9 }]);
});

test('without a watermark everything comes from the ledger, and nothing from an empty one', async () => {
  expect(await mend(null, [entry(1, files('a'))]).result).toMatchObject({ load: 1, files: [{ path: 'a' }] });
  expect(await mend(null, []).result).toBeNull();
});

test.each([
  ['an empty ledger', []],
  ['a ledger that ends before it', [entry(3, files('a'))]],
  ['a ledger that went another way', [entry(8, files('b'))]],
])('%s is no ground for "already loaded"', async (_, ledger) => {
  const { result, advanced } = mend(at(7), ledger);
  await expect(result).rejects.toMatchObject({ code: 'watermark-ahead-of-target', connection: 'warehouse' });
  expect(advanced).toEqual([]);
});
