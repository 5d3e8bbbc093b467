import { randomUUID } from 'node:crypto';
import { UndoNotPossibleError } from '../../../errors/undo-not-possible-error';
import { NO_ROWS } from '../../../model/counts';
import { refuseLaterLoads, type LaterLoad } from '../../../steps/load/refuse-later-loads';
import type { UndoRequest, UndoResult } from '../../../steps/load/target';
import type { FolderStore } from './folder-store';
import type { Manifest, ManifestLoad, PublishedFile, RetiredFile } from './manifest';
import { changeManifest } from './manifest-store';

/** Takes a load back by one conditional write of the manifest: its files leave the current generation, those that it retired come back. */
export async function undoFiles(store: FolderStore, request: UndoRequest, now: () => string): Promise<UndoResult> {
  const attempt = randomUUID();
  const results: UndoResult[] = [];
  await changeManifest(store, (manifest) => {
    const entry = manifest.loads.find(
      ({ runId, pipeline }) => runId === request.runId && pipeline === request.pipeline,
    );
    if (entry === undefined) {
      throw new UndoNotPossibleError(
        `${request.runId} has published nothing of ${request.pipeline}`,
        'Nothing has to be undone.',
      );
    }
    const { undoneBy } = entry;
    const removed = manifest.files.filter(({ load }) => load === entry.load);
    const restored = manifest.retired.filter(({ retiredBy }) => retiredBy === entry.load);
    const rows = (files: readonly PublishedFile[]): number => files.reduce((sum, file) => sum + file.rows, 0);
    if (undoneBy !== undefined) {
      const own = manifest.loads.find(({ load }) => load === undoneBy);
      // A lost answer: this very attempt is what was written.
      const alreadyUndone = own?.attempt !== attempt;
      results.push({ load: undoneBy, of: entry.load, ...(own?.undid ?? { removed: 0, restored: 0 }), alreadyUndone });
      return Promise.resolve(null);
    }
    const isAppend = entry.writeDisposition === 'append';
    refuseLaterLoads(
      entry,
      laterLoads(manifest, entry),
      ({ writeDisposition }) => !isAppend || writeDisposition !== 'append',
    );
    refuseLost(entry, removed, restored);
    const facts = { of: entry.load, removed: rows(removed), restored: rows(restored), alreadyUndone: false };
    if (request.dryRun) {
      results.push({ ...facts, load: entry.load });
      return Promise.resolve(null);
    }
    const load = (manifest.loads.at(-1)?.load ?? 0) + 1;
    results.push({ ...facts, load });
    return Promise.resolve(
      withoutLoad(manifest, entry, {
        ...undoEntry(request, entry, load, now(), attempt),
        undid: { removed: facts.removed, restored: facts.restored },
      }),
    );
  });
  const result = results.at(-1);
  if (result === undefined) throw new RangeError('A manifest was left as it is without a reason');
  return result;
}

function undoEntry(
  { undoId, pipeline }: UndoRequest,
  { load: of }: ManifestLoad,
  load: number,
  publishedAt: string,
  attempt: string,
): ManifestLoad {
  return {
    load,
    runId: undoId,
    pipeline,
    slice: { kind: 'undo', of },
    definitionHash: '',
    counts: NO_ROWS,
    checksums: {},
    writeDisposition: 'undo',
    publishedAt,
    rows: 0,
    verifications: [],
    attempt,
  };
}

function withoutLoad(manifest: Manifest, entry: ManifestLoad, undo: ManifestLoad): Manifest {
  const isOwn = ({ load }: PublishedFile): boolean => load === entry.load;
  const back = manifest.retired.filter(({ retiredBy }) => retiredBy === entry.load);
  return {
    ...manifest,
    files: [...back.map(({ retiredBy: _, ...file }) => file), ...manifest.files.filter((file) => !isOwn(file))],
    retired: [
      ...manifest.retired.filter(({ retiredBy }) => retiredBy !== entry.load),
      ...manifest.files.filter(isOwn).map((file): RetiredFile => ({ ...file, retiredBy: undo.load })),
    ],
    loads: [...manifest.loads.map((one) => (one === entry ? { ...one, undoneBy: undo.load } : one)), undo],
  };
}

function laterLoads({ loads }: Manifest, { load: of }: ManifestLoad): LaterLoad[] {
  return loads.flatMap(({ load, runId, pipeline, writeDisposition, slice: { kind }, undoneBy }) =>
    load > of && undoneBy === undefined && kind !== 'undo' ? [{ load, runId, pipeline, writeDisposition, kind }] : [],
  );
}

/** Throws when files that the load had put aside are not kept any more. */
function refuseLost(entry: ManifestLoad, removed: readonly PublishedFile[], restored: readonly RetiredFile[]): void {
  const rows = removed.reduce((sum, file) => sum + file.rows, 0);
  const all = entry.writeDisposition === 'append' ? 0 : entry.retiredFiles;
  if (rows === entry.rows && restored.length === all) return;
  throw new UndoNotPossibleError(
    `What load ${entry.load} put in place of is not kept any more: keepGenerations and keepFor say how long it is`,
    'Correct the data at the source and load it again.',
  );
}
