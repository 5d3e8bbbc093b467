import type { FileVersion, Watermark } from '../../model/slice';

/** What decides which of the files that are there a run takes. */
export interface ChooseFilesRequest {
  /** Everything that the glob names, by path. */
  readonly files: readonly FileVersion[];
  readonly incremental: boolean;
  readonly writeDisposition: 'append' | 'replace' | 'merge';
  readonly watermark: Watermark | null;
  readonly definitionHash: string;
  /** Files younger than this may still be being written and are left. Milliseconds; 0 takes all. */
  readonly settleMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type ChosenFiles =
  | { readonly outcome: 'chosen'; readonly files: readonly FileVersion[]; readonly notes: readonly string[] }
  | { readonly outcome: 'up-to-date'; readonly reason: string; readonly notes: readonly string[] };

/**
 * Compares what is there with what was loaded. `append` and `merge` take new and changed files. `replace` takes all, or nothing when all are
 * as they were and the pipeline's definition too. Without `incremental` every run takes all.
 */
export function chooseFiles(request: ChooseFilesRequest): ChosenFiles {
  const { files, incremental, writeDisposition, watermark, definitionHash, settleMs, now } = request;
  const notes: string[] = [];
  const settled = files.filter((file) => settleMs === 0 || now - Date.parse(file.modifiedAt) >= settleMs);
  for (const file of files) {
    if (!settled.includes(file)) notes.push(`${file.path} was left: it changed less than ${settleMs / 1000} s ago`);
  }
  if (settled.length === 0) {
    return { outcome: 'up-to-date', reason: 'every file may still be being written', notes };
  }
  const [left] = files.filter((file) => !settled.includes(file));
  if (writeDisposition === 'replace' && left !== undefined) {
    // A replace without it would take away the rows that it loaded before.
    return { outcome: 'up-to-date', reason: `waiting for ${left.path}, which may still be being written`, notes };
  }
  if (!incremental || watermark === null) return { outcome: 'chosen', files: settled, notes };
  const loaded = new Map(watermark.files.map((file) => [file.path, file]));
  const fresh = settled.filter((file) => loaded.get(file.path)?.etag !== file.etag);
  if (writeDisposition !== 'replace') {
    const again =
      writeDisposition === 'append'
        ? 'put in place of those that it loaded before'
        : 'merged with what it loaded before';
    return newFiles(settled, fresh, loaded, watermark, notes, again);
  }
  const same =
    fresh.length === 0 &&
    settled.length === loaded.size &&
    watermark.definitionHash === definitionHash &&
    loaded.size > 0;
  return same
    ? { outcome: 'up-to-date', reason: alreadyLoaded(settled, watermark), notes }
    : { outcome: 'chosen', files: settled, notes };
}

function newFiles(
  settled: readonly FileVersion[],
  fresh: readonly FileVersion[],
  loaded: ReadonlyMap<string, FileVersion>,
  watermark: Watermark,
  notes: string[],
  again: string,
): ChosenFiles {
  if (fresh.length === 0) return { outcome: 'up-to-date', reason: alreadyLoaded(settled, watermark), notes };
  const left = settled.length - fresh.length;
  if (left > 0) notes.push(`${left} of ${settled.length} files were loaded already`);
  for (const file of fresh) {
    if (loaded.has(file.path)) notes.push(`${file.path} changed since it was loaded: its rows are ${again}`);
  }
  return { outcome: 'chosen', files: fresh, notes };
}

function alreadyLoaded(files: readonly FileVersion[], watermark: Watermark): string {
  const what = files.length === 1 ? (files[0]?.path ?? 'the file') : `all ${files.length} files`;
  return `already loaded: ${what}, by load ${watermark.load}`;
}
