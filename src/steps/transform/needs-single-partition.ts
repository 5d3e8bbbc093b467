import type { PipelineConfig } from '../../config/schema/pipeline';
import type { TransformStep } from '../../config/schema/transform';

type Steps = Pick<PipelineConfig, 'transform'>;

/** Whether a step makes rows anew, so that those before it and those after it are not the same. */
export function reshapes(step: TransformStep): boolean {
  return 'aggregate' in step || 'unnest' in step || 'sql' in step;
}

/**
 * Whether the steps of a pipeline are only right when they see all rows of the slice at once: `aggregate` and `sql` do, an `unnest` of
 * what an `unnest` made, which numbers its rows anew, and a `deduplicate` before an `unnest`, whose losers would have children by then.
 */
export function needsSinglePartition({ transform }: Steps): boolean {
  const lastUnnest = transform.findLastIndex((step) => 'unnest' in step);
  return transform.some(
    (step, index) =>
      'aggregate' in step || 'sql' in step || (index < lastUnnest && ('unnest' in step || 'deduplicate' in step)),
  );
}

/** Whether a deduplicate step has to be decided again over all partitions. */
export function needsContenders(pipeline: Steps): boolean {
  return pipeline.transform.some((step) => 'deduplicate' in step) && !needsSinglePartition(pipeline);
}

/** Index of the step after the last that makes rows anew: where rows that fail a check would go in again. 0 when there is none. */
export function entryAfterReshaping({ transform }: Steps): number {
  return transform.findLastIndex(reshapes) + 1;
}
