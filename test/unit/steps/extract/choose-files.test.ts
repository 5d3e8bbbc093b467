import type { FileVersion, Watermark } from '../../../../src/model/slice';
import { chooseFiles, type ChooseFilesRequest } from '../../../../src/steps/extract/choose-files';

const file = (path: string, etag = 'e1', modifiedAt = '2026-01-01T00:00:00.000Z'): FileVersion => ({
  path,
  etag,
  bytes: 1,
  modifiedAt,
});
const loaded = (...files: FileVersion[]): Watermark => ({
  pipeline: 'p',
  load: 3,
  files,
  value: null,
  definitionHash: 'd1',
});
const choose = (request: Partial<ChooseFilesRequest>) =>
  chooseFiles({
    files: [],
    incremental: true,
    writeDisposition: 'append',
    watermark: null,
    definitionHash: 'd1',
    settleMs: 0,
    now: Date.parse('2026-01-01T00:10:00.000Z'),
    ...request,
  });

describe('chooseFiles', () => {
  const [a, b, changed] = [file('a'), file('b'), file('a', 'e2')];

  it.each([
    ['everything the first time', { files: [a, b] }, [a, b]],
    ['new files for an append', { files: [a, b], watermark: loaded(a) }, [b]],
    ['changed files for an append', { files: [changed, b], watermark: loaded(a, b) }, [changed]],
    ['everything for a replace with a new file', { files: [a, b], watermark: loaded(a), writeDisposition: 'replace' as const }, [a, b]],
    ['everything for a replace with a changed file', { files: [changed], watermark: loaded(a), writeDisposition: 'replace' as const }, [changed]],
    ['everything for a replace when a file went away', { files: [a], watermark: loaded(a, b), writeDisposition: 'replace' as const }, [a]],
    ['everything for a replace whose definition changed', { files: [a], watermark: loaded(a), writeDisposition: 'replace' as const, definitionHash: 'd2' }, [a]],
    ['everything always, when not incremental', { files: [a], watermark: loaded(a), incremental: false }, [a]],
  ])('takes %s', (_, request, files) => {
    expect(choose(request)).toMatchObject({ outcome: 'chosen', files });
  }); // prettier-ignore

  it.each(['append', 'replace'] as const)('takes nothing twice for %s, and says by which load', (writeDisposition) => {
    expect(choose({ files: [a, b], watermark: loaded(a, b), writeDisposition })).toEqual({
      outcome: 'up-to-date',
      reason: 'already loaded: all 2 files, by load 3',
      notes: [],
    });
  });

  it('notes a changed file, whose rows come once more', () => {
    expect(choose({ files: [changed], watermark: loaded(a) }).notes).toEqual([
      'a changed since it was loaded: its rows are put in place of those that it loaded before',
    ]);
  });

  it('leaves files until they have settled', () => {
    const young = file('young', 'e1', '2026-01-01T00:09:30.000Z');
    expect(choose({ files: [a, young], settleMs: 60_000 })).toMatchObject({
      outcome: 'chosen',
      files: [a],
      notes: ['young was left: it changed less than 60 s ago'],
    });
    expect(choose({ files: [young], settleMs: 30_000 })).toMatchObject({ outcome: 'chosen' });
    expect(choose({ files: [young], settleMs: 60_000 })).toMatchObject({ outcome: 'up-to-date' });
  });

  it('does not replace without a file that is still settling: its rows would go', () => {
    const young = file('young', 'e1', '2026-01-01T00:09:30.000Z');
    expect(choose({ files: [a, young], settleMs: 60_000, writeDisposition: 'replace' })).toMatchObject({
      outcome: 'up-to-date',
      reason: 'waiting for young, which may still be being written',
    });
  });
});
