import { referencesIn } from '../../config/references-in';
import type { PipelineConfig } from '../../config/schema/pipeline';

/** Whether a pipeline reads what another one publishes: by a lookup, a relationships check, or as its source. */
export function readsFrom(reader: PipelineConfig, read: PipelineConfig): boolean {
  if (referencesIn(reader).some(({ reference }) => reference === read.pipeline)) return true;
  const { source } = reader;
  const { target } = read;
  return source.table !== undefined && source.connection === target.connection && source.table === target.table;
}
