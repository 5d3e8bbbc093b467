import type { FileVersion, Slice } from '../../../src/model/slice';
import { reviewedSlice, reviewedTarget } from '../../../src/steps/reviewed';

const file = (path: string, etag: string): FileVersion => ({
  path,
  etag,
  bytes: 1,
  modifiedAt: '2026-01-01T00:00:00Z',
});
const digest = (slice: Slice | undefined) => reviewedSlice(slice)?.digest;
const range = (from: string | null, to: string): Slice => ({ kind: 'range', column: 'at', from, to });

test('files are pinned by path and version, in whatever order they come', () => {
  const [a, b] = [file('a.csv', '1'), file('b.csv', '2')];
  expect(reviewedSlice({ kind: 'files', files: [a, b] })?.what).toBe('2 files');
  expect(digest({ kind: 'files', files: [a, b] })).toBe(digest({ kind: 'files', files: [b, a] }));
  expect(digest({ kind: 'files', files: [a, b] })).not.toBe(digest({ kind: 'files', files: [a, file('b.csv', '3')] }));
  expect(digest({ kind: 'files', files: [a, b] })).not.toBe(digest({ kind: 'files', files: [a] }));
});

test('of a cursor the beginning is pinned, and not the end, which moves on', () => {
  expect(reviewedSlice(range('2026-01-01', '2026-01-02'))?.what).toBe('at from 2026-01-01');
  expect(reviewedSlice(range(null, '2026-01-02'))?.what).toBe('at from its beginning');
  expect(digest(range('2026-01-01', '2026-01-02'))).toBe(digest(range('2026-01-01', '2026-01-09')));
  expect(digest(range('2026-01-01', '2026-01-02'))).not.toBe(digest(range('2026-01-02', '2026-01-02')));
  expect(digest(range(null, 'x'))).not.toBe(digest(range('', 'x')));
});

test('nothing to load and everything differ from each other; other slices are not pinned', () => {
  expect(digest(undefined)).not.toBe(digest({ kind: 'full' }));
  expect(reviewedSlice({ kind: 'undo', of: 1 })).toBeNull();
});

test('the columns of a target are pinned by name, type and order, and so is that there is no table', () => {
  const [id, name] = [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'name', type: 'string', nullable: true },
  ] as const;
  expect(reviewedTarget([id, name]).what).toBe('2 columns');
  expect(reviewedTarget([id]).digest).not.toBe(reviewedTarget([id, name]).digest);
  expect(reviewedTarget([{ ...id, type: 'bigint' }]).digest).not.toBe(reviewedTarget([id]).digest);
  expect(reviewedTarget([]).digest).not.toBe(reviewedTarget(null).digest);
});
