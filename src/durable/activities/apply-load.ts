import type { FileVersion, Slice, Watermark } from '../../model/slice';

/** What a published load says about how far its pipeline has come. */
export interface PublishedLoad {
  readonly load: number;
  readonly slice: Slice;
  readonly definitionHash: string;
  readonly writeDisposition: string;
}

/** The watermark after a load. A `replace` forgets the files before it; an `append` keeps the newest version of each path. */
export function applyLoad(pipeline: string, before: Watermark | null, published: PublishedLoad): Watermark {
  const { load, slice, definitionHash } = published;
  if (slice.kind === 'release' || slice.kind === 'backfill' || slice.kind === 'undo')
    return { ...(before ?? { pipeline, files: [], value: null, definitionHash: null }), load };
  const kept = published.writeDisposition === 'replace' ? [] : (before?.files ?? []);
  const seen = slice.kind === 'range' ? slice.seen : before?.seen;
  return {
    pipeline,
    load,
    files: slice.kind === 'files' ? newestVersions([...kept, ...slice.files]) : kept,
    value: slice.kind === 'range' ? slice.to : (before?.value ?? null),
    ...(seen && { seen }),
    definitionHash,
  };
}

/** The watermark after all loads of a pipeline, those that were taken back left out. Null before the first. */
export function applyLedger(
  pipeline: string,
  ledger: readonly (PublishedLoad & { undoneBy?: number })[],
): Watermark | null {
  return ledger
    .filter(({ undoneBy }) => undoneBy === undefined)
    .reduce<Watermark | null>((before, entry) => applyLoad(pipeline, before, entry), null);
}

function newestVersions(files: readonly FileVersion[]): FileVersion[] {
  return [...new Map(files.map((file) => [file.path, file])).values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
