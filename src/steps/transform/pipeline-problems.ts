import type { PipelineConfig } from '../../config/schema/pipeline';
import { SYSTEM_PREFIX, type Column } from '../../model/column';
import { needsSinglePartition } from './needs-single-partition';
import type { BindProblem } from './step-scope';

/** Names that the engine could not keep apart, or that are Sluice's own. */
export function sourceNameProblems(columns: readonly Column[]): BindProblem[] {
  const seen = new Map<string, string>();
  return columns.flatMap(({ name }) => {
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    const reserved = name.toLowerCase().startsWith(SYSTEM_PREFIX);
    if (other === undefined && !reserved) return [];
    const message = reserved
      ? `The source's column '${name}' begins with ${SYSTEM_PREFIX}, which is kept for Sluice`
      : `The source's columns '${other ?? ''}' and '${name}' are one name to the engine, which ignores case`;
    return [
      {
        path: 'source',
        code: 'source-column-name',
        message,
        value: name,
        fix: 'Rename the column where the file is made.',
      },
    ];
  });
}

/** Two deduplications cannot both be decided over partitions: which rows the second sees depends on the first. */
export function secondDeduplicate(pipeline: Pick<PipelineConfig, 'transform'>): BindProblem[] {
  // Inside one partition every deduplication is decided where it stands.
  if (needsSinglePartition(pipeline)) return [];
  const steps = pipeline.transform.flatMap((step, index) => ('deduplicate' in step ? [index] : []));
  return steps.slice(1).map((index) => ({
    path: `transform[${index}].deduplicate`,
    code: 'deduplicate-twice',
    message: 'A pipeline deduplicates once',
    value: null,
    fix: 'Put the keys into one step, or split the pipeline in two.',
  }));
}
