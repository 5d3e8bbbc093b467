import type { PipelineConfig } from '../../config/schema/pipeline';
import { needsAllRows } from '../dataset/dataset-aggregates';
import { needsContenders } from '../transform/needs-single-partition';
import type { ValidationNeeds } from './validate-dataset-types';

/**
 * Which files `validateDataset` looks at. Without a unique check, a deduplicate step or a check whose figures of partitions
 * cannot be put together, counts are enough.
 */
export function validationNeeds(pipeline: Pick<PipelineConfig, 'transform' | 'checks'>): ValidationNeeds {
  const contenders = needsContenders(pipeline);
  const exclusions = contenders || pipeline.checks.some((check) => 'unique' in check);
  return { goodFiles: exclusions || pipeline.checks.some(needsAllRows), exclusions, contenders };
}
