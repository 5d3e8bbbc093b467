import type { PipelineConfig } from '../../config/schema/pipeline';
import { referenceIdOf, type ReferenceFile } from '../../model/reference-file';

/** What lookups and relationships checks read of one other pipeline, or of one file. */
export interface ReferenceOf {
  /** The pipeline, or `file:<path>`: see `referenceIdOf`. */
  readonly pipeline: string;
  readonly columns: readonly string[];
  /** How it is read, when it is a file. */
  readonly file?: ReferenceFile;
}

/** Which columns of which pipelines and files the lookups and relationships checks of a pipeline read; sorted, each once. */
export function referencesOf(pipeline: Pick<PipelineConfig, 'transform' | 'checks'>): readonly ReferenceOf[] {
  const found = new Map<string, { readonly columns: Set<string>; readonly file: ReferenceFile | null }>();
  const add = (reference: string | ReferenceFile, read: readonly string[]): void => {
    const id = referenceIdOf(reference);
    const known = found.get(id) ?? { columns: new Set(), file: typeof reference === 'string' ? null : reference };
    for (const column of read) known.columns.add(column);
    found.set(id, known);
  };
  for (const step of pipeline.transform) {
    if ('lookup' in step)
      add(step.lookup.from, [...Object.values(step.lookup.match), ...Object.values(step.lookup.take)]);
  }
  for (const check of pipeline.checks) {
    if ('relationships' in check) add(check.relationships.to, [check.relationships.field]);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { columns, file }]) => ({ pipeline: id, columns: [...columns].sort(), ...(file && { file }) }));
}
