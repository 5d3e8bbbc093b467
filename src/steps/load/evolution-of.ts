import type { PipelineConfig } from '../../config/schema/pipeline';
import type { Evolution } from './target';

/** How far the target may follow what the source has become. */
export function evolutionOf({ source }: Pick<PipelineConfig, 'source'>): Evolution {
  return { columns: source.schema.columns === 'evolve', types: source.schema.types === 'evolve' };
}
