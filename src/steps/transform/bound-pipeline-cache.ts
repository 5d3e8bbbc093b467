import type { PipelineConfig } from '../../config/schema/pipeline';
import { bindPipeline, type BindRequest, type BoundPipeline } from './bind-pipeline';

const CACHE = new WeakMap<PipelineConfig, Map<string, Promise<BoundPipeline>>>();

/**
 * `bindPipeline`, done once for each pipeline object and set of columns: the partitions of a run share both. What is kept is SQL
 * text, nothing of the session that bound it.
 */
export async function boundPipelineOf(request: BindRequest): Promise<BoundPipeline> {
  const known = CACHE.get(request.pipeline) ?? new Map<string, Promise<BoundPipeline>>();
  CACHE.set(request.pipeline, known);
  const key = JSON.stringify([request.inputColumns, request.references, request.entry ?? 0]);
  const present = known.get(key);
  if (present) return present;
  const binding = bindPipeline(request);
  known.set(key, binding);
  // A session that failed must not be remembered as a fault of the pipeline.
  binding.catch(() => known.delete(key));
  return binding;
}
