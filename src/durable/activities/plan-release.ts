import type { PipelineConfig } from '../../config/schema/pipeline';
import { reshapes } from '../../steps/transform/needs-single-partition';
import { ReleaseNotPossibleError } from '../../errors/release-not-possible-error';
import { SYSTEM_PREFIX, type Column } from '../../model/column';
import type { Release } from '../../model/release';
import type { Partition, Slice } from '../../model/slice';

/** A release as a slice of one partition: the source is not asked. Throws `ReleaseNotPossibleError`. */
export function planRelease(
  pipeline: PipelineConfig,
  release: Release,
): {
  readonly outcome: 'planned';
  readonly slice: Slice;
  readonly partitions: readonly Partition[];
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
} {
  const { id, runs, rows, artifact, entry } = release;
  if (release.pipeline !== pipeline.pipeline) throw new RangeError(`${id} is none of ${pipeline.pipeline}'s releases`);
  if (artifact.rows !== rows) throw new RangeError(`${id} says ${rows} rows, and its artifact has ${artifact.rows}`);
  const before = pipeline.transform[entry - 1];
  if (entry > 0 && (before === undefined || !reshapes(before))) {
    throw new ReleaseNotPossibleError(
      `The rows of ${id} were made by transform[${entry - 1}], and no step of ${pipeline.pipeline} makes rows there now`,
    );
  }
  const group = pipeline.transform.findIndex((step, index) => index >= entry && ('aggregate' in step || 'sql' in step));
  if (group >= 0) {
    const kind = Object.keys(pipeline.transform[group] ?? {})[0] ?? '';
    throw new ReleaseNotPossibleError(
      `The rows of ${id} would go through transform[${group}] (${kind}), which is only right when it sees all rows of their file`,
    );
  }
  const label = `${rows} rows released from quarantine of ${runs.join(', ')}`;
  return {
    outcome: 'planned',
    slice: { kind: 'release', release: id, runs },
    partitions: [{ index: 0, label, spec: null, estimatedRows: rows, estimatedBytes: artifact.bytes }],
    columns: releasedColumns(release),
    notes: [],
  };
}

/** The source's columns in a release, without those that say where a row is from and what was decided. */
export function releasedColumns({ artifact }: Release): readonly Column[] {
  return artifact.columns.filter(({ name }) => !name.startsWith(SYSTEM_PREFIX));
}

/** Says of a pipeline that changed since which of its steps the released rows no longer suit. */
export function refuseUnbound(
  pipeline: string,
  release: string,
  problems: readonly { readonly path: string; readonly message: string }[],
): void {
  if (problems.length === 0) return;
  const faults = problems.slice(0, 5).map(({ path, message }) => `${path}: ${message}`);
  throw new ReleaseNotPossibleError(
    `The rows of ${release} do not suit ${pipeline} as it is now: ${faults.join('; ')}`,
  );
}
