import type { Column } from '../../model/column';
import type { Partition, Slice, Watermark } from '../../model/slice';
import type { ReferenceOf } from '../../steps/transform/references-of';

/** What planning one pipeline decided: an immutable blob that every later activity of the pipeline reads. */
export interface PipelinePlan {
  readonly pipeline: string;
  readonly definitionHash: string;
  readonly slice: Slice;
  readonly partitions: readonly Partition[];
  readonly sourceColumns: readonly Column[];
  /** Columns after the transform, as the target will have them. */
  readonly targetColumns: readonly Column[];
  readonly watermark: Watermark | null;
  /** The newest load of the pipeline in the target's ledger when the plan was made; 0 when there is none. */
  readonly previousLoad: number;
  /** Which columns of which pipelines and files lookups and relationships read. */
  readonly references: readonly ReferenceOf[];
}
