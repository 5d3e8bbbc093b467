import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json';
import type { PipelineConfig } from './schema/pipeline';

/**
 * SHA-256 (lower-case hex) of what decides a pipeline's data: source, transform, checks, quarantine and target. What only
 * steers a run (description, triggers, retries, partitions, verification, tests) is left out, since a `replace` is loaded
 * again when this changes. `files` are the hashes of the reference files that it reads: see `referenceHashes`.
 */
export function definitionHash(pipeline: PipelineConfig, files: Readonly<Record<string, string>> = {}): string {
  const { pipeline: name, source, transform, checks, quarantine, target } = pipeline;
  const { partitions: _partitions, ...data } = source;
  const read = Object.keys(files).length > 0 ? { files } : {};
  const text = canonicalJson({ name, source: data, transform, checks, quarantine, target, ...read });
  return createHash('sha256').update(text).digest('hex');
}
