import type { ParameterValue } from '../config/parameters';
import type { PipelineConfig } from '../config/schema/pipeline';

/** Values with which a pipeline can be looked at before a run gives any: its defaults, and null for the others. */
export function parameterStandIns({ parameters }: PipelineConfig): Record<string, ParameterValue> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { default: value }]) => [name, value ?? null]));
}
