import type { PipelineConfig } from '../../config/schema/pipeline';

/** Whether a pipeline reads what another one publishes: by a lookup, a relationships check, or as its source. */
export function readsFrom({ transform, checks, source }: PipelineConfig, read: PipelineConfig): boolean {
  const { pipeline, target } = read;
  if (transform.some((step) => 'lookup' in step && step.lookup.from === pipeline)) return true;
  if (checks.some((check) => 'relationships' in check && check.relationships.to === pipeline)) return true;
  return source.table !== undefined && source.connection === target.connection && source.table === target.table;
}
