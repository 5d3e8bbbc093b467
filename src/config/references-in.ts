import type { ReferenceConfig } from './schema/reference';
import type { PipelineConfig } from './schema/pipeline';
import type { YamlPath } from './yaml/yaml-path';

/** What a lookup or relationships check reads, and where the YAML says so. */
export interface ReferencePlace {
  readonly path: YamlPath;
  readonly reference: ReferenceConfig;
  readonly what: 'lookup' | 'check';
}

/** Everything that the lookups and relationships checks of a pipeline read, in the order written. */
export function referencesIn(pipeline: Pick<PipelineConfig, 'transform' | 'checks'>): ReferencePlace[] {
  const lookups = pipeline.transform.flatMap((step, index): ReferencePlace[] =>
    'lookup' in step
      ? [{ path: ['transform', index, 'lookup', 'from'], reference: step.lookup.from, what: 'lookup' }]
      : [],
  );
  const relationships = pipeline.checks.flatMap((check, index): ReferencePlace[] =>
    'relationships' in check
      ? [{ path: ['checks', index, 'relationships', 'to'], reference: check.relationships.to, what: 'check' }]
      : [],
  );
  return [...lookups, ...relationships];
}
