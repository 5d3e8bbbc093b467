import type { PipelineConfig } from '../../config/schema/pipeline';
import { ChangedFileError } from '../../errors/changed-file-error';
import type { Slice, Watermark } from '../../model/slice';
import type { Target } from '../../steps/load/target';

/** Whether a changed file takes the place of what it had loaded: where files are appended, each version once. */
export function replacesFiles({ source, target }: Pick<PipelineConfig, 'source' | 'target'>): boolean {
  return source.incremental?.by === 'file' && target.writeDisposition === 'append';
}

/** Throws `changed-file` where a changed file would be appended beside its old version, which the target cannot take out. */
export function refuseChangedFiles(
  pipeline: Pick<PipelineConfig, 'source' | 'target'>,
  { capabilities }: Pick<Target, 'capabilities'>,
  slice: Slice,
  watermark: Watermark | null,
): void {
  if (slice.kind !== 'files' || capabilities.replacesFiles || !replacesFiles(pipeline)) return;
  const loaded = new Set(watermark?.files.map(({ path }) => path));
  const changed = slice.files.find(({ path }) => loaded.has(path));
  if (changed === undefined) return;
  throw new ChangedFileError(
    `${changed.path} changed since it was loaded, and rows cannot be taken out of ${pipeline.target.path ?? 'the target'}`,
    pipeline.target.connection,
  );
}
