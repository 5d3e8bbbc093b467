import { applyLoad } from '../../../../src/durable/activities/apply-load';
import type { FileVersion, Watermark } from '../../../../src/model/slice';

const file = (path: string, etag: string): FileVersion => ({
  path,
  etag,
  bytes: 1,
  modifiedAt: '2026-01-01T00:00:00Z',
});
const before: Watermark = {
  pipeline: 'flights',
  load: 1,
  files: [file('a', '1'), file('b', '1')],
  value: null,
  definitionHash: 'old',
};
const load = (writeDisposition: string) => ({
  load: 2,
  slice: { kind: 'files', files: [file('b', '2'), file('c', '1')] } as const,
  definitionHash: 'new',
  writeDisposition,
});

test('an append keeps the newest version of each path', () => {
  expect(applyLoad('flights', before, load('append'))).toEqual({
    pipeline: 'flights',
    load: 2,
    files: [file('a', '1'), file('b', '2'), file('c', '1')],
    value: null,
    definitionHash: 'new',
  });
});
test('a replace forgets what was loaded before', () => {
  expect(applyLoad('flights', before, load('replace')).files).toEqual([file('b', '2'), file('c', '1')]);
});
test('a range moves the cursor, whole loads leave it', () => {
  const range = { kind: 'range', column: 'at', from: null, to: '9' } as const;
  expect(applyLoad('flights', before, { ...load('append'), slice: range })).toMatchObject({
    value: '9',
    files: before.files,
  });
  expect(applyLoad('flights', { ...before, value: '9' }, { ...load('append'), slice: { kind: 'full' } }).value).toBe(
    '9',
  );
});
