import { chained, hashOf, ORIGIN, type ChainedEntry, type ChainEnd } from '../../../../src/state/audit/chained-entry';
import { compareWithCopy, verifyDay, type FoundEntry } from '../../../../src/state/audit/verify-chain';
import { canonicalJson } from '../../../../src/state/audit/canonical-json';

const DAY = '2026-01-02';
const BEFORE = { day: '2026-01-01', hash: 'a'.repeat(64) };

function chain(length: number, start: ChainEnd = { day: DAY, sequence: 0, hash: BEFORE.hash, after: BEFORE.day }) {
  const entries: ChainedEntry[] = [];
  let end = start;
  for (let index = 1; index <= length; index += 1) {
    const at = `2026-01-02T00:00:0${index}.000Z`;
    const entry = { at, action: 'run-started', by: 'ann', subject: `run-${index}`, detail: {}, correlationId: 'c' };
    const record = chained(end, entry);
    entries.push(record);
    end = { ...end, sequence: record.sequence, hash: record.hash };
  }
  return { entries, end };
}
const { entries: GOOD, end: END } = chain(5);

async function* found(
  entries: readonly (ChainedEntry | null)[],
  places?: readonly number[],
): AsyncGenerator<FoundEntry> {
  for (const [index, entry] of entries.entries()) {
    yield await Promise.resolve({ place: places?.[index] ?? entry?.sequence ?? index + 1, found: entry });
  }
}
const verify = async (rows: AsyncIterable<FoundEntry>, end: ChainEnd = END, before = BEFORE) =>
  (await verifyDay(DAY, rows, before, end)).findings.map(({ kind, sequence }) => [kind, sequence]);
const forge = (record: ChainedEntry, by: string): ChainedEntry => ({ ...record, entry: { ...record.entry, by } });
const rehash = (record: ChainedEntry): ChainedEntry => ({ ...record, hash: hashOf(record) });
const replaced = (index: number, by: ChainedEntry) => GOOD.map((each, at) => (at === index ? by : each));
const without = (...indexes: number[]) => GOOD.filter((_, index) => !indexes.includes(index));

test('a whole chain has nothing to say, and its end is the last hash', async () => {
  expect(await verifyDay(DAY, found(GOOD), BEFORE, END)).toEqual({ entries: 5, hash: END.hash, findings: [] });
  expect(GOOD[0]).toMatchObject({ sequence: 1, previous: BEFORE.hash, after: '2026-01-01' });
  expect(GOOD[1]).not.toHaveProperty('after');
});

test('the very first day follows nothing', async () => {
  const { entries, end } = chain(2, { day: DAY, sequence: 0, hash: ORIGIN, after: null });
  expect((await verifyDay(DAY, found(entries), null, end)).findings).toEqual([]);
});

test.each([
  ['an entry removed', found(without(2)), END, [['removed', 3]]],
  ['several removed', found(without(1, 2)), END, [['removed', 2]]],
  ['the first removed', found(without(0)), END, [['removed', 1]]],
  ['the tail cut off', found(GOOD.slice(0, 3)), END, [['cut-off', 4]]],
  ['the tail cut off, and the head set back', found(GOOD.slice(0, 3)), { ...END, sequence: 3 }, [['altered', 3]]],
  ['everything removed', found([]), END, [['cut-off', 1]]],
  ['an entry altered', found(replaced(2, forge(GOOD[2]!, 'eve'))), END, [['altered', 3]]],
  ['an entry altered and hashed anew', found(replaced(2, rehash(forge(GOOD[2]!, 'eve')))), END, [['altered', 4]]],
  ['the last altered and hashed anew', found(replaced(4, rehash(forge(GOOD[4]!, 'eve')))), END, [['altered', 5]]],
  [
    'two in each other’s place',
    found([GOOD[0]!, GOOD[2]!, GOOD[1]!, GOOD[3]!, GOOD[4]!], [1, 2, 3, 4, 5]),
    END,
    [
      ['reordered', 2],
      ['reordered', 3],
    ],
  ],
  ['one inserted at the end', found([...GOOD, chained(END, GOOD[0]!.entry)]), END, [['inserted', 6]]],
  ['one there twice', found([GOOD[0]!, GOOD[0]!, ...GOOD.slice(1)]), END, [['inserted', 1]]],
  ['one of another day', found(replaced(1, { ...GOOD[1]!, day: '2026-01-01' })), END, [['reordered', 2]]],
  ['one that cannot be read', found([GOOD[0]!, null, ...GOOD.slice(2)]), END, [['unreadable', 2]]],
])('%s', async (_, rows, end, kinds) => {
  expect(await verify(rows, end)).toEqual(kinds);
});

test('a day before that was changed after this one had begun', async () => {
  expect(await verify(found(GOOD), END, { ...BEFORE, hash: 'b'.repeat(64) })).toEqual([['altered', 1]]);
});

test('a whole day that was taken out between two', async () => {
  const { entries, end } = chain(2, { day: DAY, sequence: 0, hash: BEFORE.hash, after: '2025-12-31' });
  expect(await verify(found(entries), end)).toEqual([['removed', 1]]);
});

test('all of a day written anew, in itself consistent, is found by the copy', async () => {
  const { entries, end } = chain(5);
  const forged = entries.map((record) => record);
  let at: ChainEnd = { day: DAY, sequence: 0, hash: BEFORE.hash, after: BEFORE.day };
  for (const [index, { entry }] of entries.entries()) {
    const record = chained(at, index === 2 ? { ...entry, by: 'eve' } : entry);
    forged[index] = record;
    at = { ...at, sequence: record.sequence, hash: record.hash };
  }
  expect(await verify(found(forged), { ...end, hash: at.hash })).toEqual([]);
  const compared = compareWithCopy(
    DAY,
    forged.map(({ hash }) => hash),
    GOOD,
  );
  expect(compared.map(({ kind, sequence }) => [kind, sequence])).toEqual([
    ['altered', 3],
    ['altered', 4],
    ['altered', 5],
  ]);
});

test('what the copy has and the trail has not, and a copy that was changed itself', () => {
  const hashes = GOOD.map(({ hash }): string | undefined => hash);
  expect(compareWithCopy(DAY, hashes, GOOD)).toEqual([]);
  expect(compareWithCopy(DAY, hashes.slice(0, 4), GOOD)).toMatchObject([{ kind: 'cut-off', sequence: 5 }]);
  expect(compareWithCopy(DAY, hashes.with(1, undefined), GOOD)).toMatchObject([{ kind: 'removed', sequence: 2 }]);
  expect(compareWithCopy(DAY, hashes, replaced(3, forge(GOOD[3]!, 'eve')))).toMatchObject([
    { kind: 'altered', sequence: 4 },
  ]);
});

test('the order of keys does not change a hash, and everything else does', () => {
  expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }] })).toBe('{"a":[{"c":"x","d":null}],"b":1}');
  const [record] = GOOD;
  const { entry } = record!;
  const turned = { ...record!, entry: Object.fromEntries(Object.entries(entry).reverse()) as unknown as typeof entry };
  expect(hashOf(turned)).toBe(record!.hash);
  for (const key of Object.keys(entry) as (keyof typeof entry)[]) {
    expect(hashOf({ ...record!, entry: { ...entry, [key]: 'other' } })).not.toBe(record!.hash);
  }
});
