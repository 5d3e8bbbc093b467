import type { PipelineConfig } from '../../config/schema/pipeline';
import { saltNames } from '../../steps/transform/mask-salts';
import type { ActivityServices } from './activity-services';

/** Salts of a pipeline's mask steps, by the name of their secret. They go no further than the engine's session. */
export async function maskSaltsOf(
  services: Pick<ActivityServices, 'secret'>,
  pipeline: PipelineConfig,
): Promise<Record<string, string>> {
  const named = saltNames(pipeline).map(async (name) => [name, await services.secret(name)] as const);
  return Object.fromEntries(await Promise.all(named));
}
