import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json';
import type { PipelineConfig } from './schema/pipeline';

/**
 * SHA-256 (lower-case hex) of everything that a pipeline's definition says, resolved for an environment and before parameters: whatever is
 * changed, also what only steers its runs, is another version. `files` are the hashes of the reference files that it reads.
 */
export function versionHash(pipeline: PipelineConfig, files: Readonly<Record<string, string>>): string {
  return createHash('sha256')
    .update(canonicalJson({ definition: pipeline, files }))
    .digest('hex');
}
