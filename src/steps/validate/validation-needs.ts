import type { PipelineConfig } from '../../config/schema/pipeline';
import type { ValidationNeeds } from './validate-dataset-types';

/** Which files `validateDataset` looks at: without a unique check or a deduplicate step, counts are enough. */
export function validationNeeds(pipeline: Pick<PipelineConfig, 'transform' | 'checks'>): ValidationNeeds {
  const contenders = pipeline.transform.some((step) => 'deduplicate' in step);
  return { goodFiles: contenders || pipeline.checks.some((check) => 'unique' in check), contenders };
}
