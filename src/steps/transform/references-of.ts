import type { PipelineConfig } from '../../config/schema/pipeline';

/** Which columns of which pipelines the lookups and relationships checks of a pipeline read; sorted, each once. */
export function referencesOf(
  pipeline: Pick<PipelineConfig, 'transform' | 'checks'>,
): { readonly pipeline: string; readonly columns: readonly string[] }[] {
  const columns = new Map<string, Set<string>>();
  const add = (name: string, read: readonly string[]): void => {
    columns.set(name, new Set([...(columns.get(name) ?? []), ...read]));
  };
  for (const step of pipeline.transform) {
    if ('lookup' in step)
      add(step.lookup.from, [...Object.values(step.lookup.match), ...Object.values(step.lookup.take)]);
  }
  for (const check of pipeline.checks) {
    if ('relationships' in check) add(check.relationships.to, [check.relationships.field]);
  }
  return [...columns]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, read]) => ({ pipeline: name, columns: [...read].sort() }));
}
