import type { PipelineConfig } from '../../config/schema/pipeline';
import type { SourceConfig } from '../../config/schema/source';
import { needsSinglePartition } from '../transform/needs-single-partition';

/** A pipeline's source as it is planned: whatever `partitions` says, steps that need all rows at once get one partition. */
export function partitionedSource(pipeline: Pick<PipelineConfig, 'source' | 'transform'>): SourceConfig {
  const { source } = pipeline;
  if (!needsSinglePartition(pipeline)) return source;
  return { ...source, partitions: { ...source.partitions, min: 1, max: 1 } };
}
