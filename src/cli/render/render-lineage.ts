import type { PipelineLineage, ReferenceColumn, TargetColumn } from '../../project/lineage/pipeline-lineage';
import type { ProjectLineage } from '../../project/lineage/project-lineage';
import type { LineageStep } from '../../steps/transform/lineage/lineage-types';

/** For people: a paragraph for each column of the target, and one for the steps that decide over rows. */
export function renderPipelineLineage({ pipeline, source, target, columns, rows }: PipelineLineage): string {
  const head = `${pipeline}: ${source.connection}:${source.object} → ${target.connection}:${target.object}`;
  if (columns === null) {
    return `${head}\n\nThe columns are not known before the source is read: declare them in source.columns.\n`;
  }
  const lines = columns.flatMap((column) => {
    const mark = { all: '  [masked]', part: '  [masked in part]', none: '' }[column.masked];
    return [`${column.name} (${column.type}) ← ${originsOf(column)}${mark}`, ...column.steps.map(stepLine)];
  });
  const deciding = rows.map(({ sources, ...step }) => `${stepLine(step)} [${sources.join(', ')}]`);
  return `${[head, '', ...lines, ...(deciding.length > 0 ? ['', 'which rows go on', ...deciding] : [])].join('\n')}\n`;
}

/** What a column is made of, in one line. */
export function originsOf({ sources, allColumns, references }: Omit<TargetColumn, 'name'>): string {
  const own = allColumns ? ['all columns'] : sources;
  const origins = [...own, ...references.map(referenceText)];
  return origins.length === 0 ? 'no column' : origins.join(', ');
}

function referenceText({ from, column, place, match }: ReferenceColumn): string {
  const where = place === null ? '' : ` of ${place.connection}:${place.object}`;
  return `${from}.${column}${where} by ${match.join(', ')}`;
}

function stepLine({ index, kind, column, expression }: LineageStep): string {
  const place = index < 0 ? 'source.columns' : `transform[${index}]`;
  const said = expression === null ? '' : ` ${expression.replaceAll(/\s+/g, ' ')}`;
  return `    ${place} ${kind}${column === null ? '' : ` ${column}`}:${said}`.replace(/:$/, '');
}

/** For people: the pipelines in the order of the master, each with what it reads. */
export function renderProjectLineage({ pipelines, edges }: ProjectLineage): string {
  const lines = pipelines.flatMap(({ pipeline, source, target }) => [
    `${pipeline}: ${source.connection}:${source.object} → ${target.connection}:${target.object}`,
    ...edges.filter(({ to }) => to === pipeline).map(({ from, kinds }) => `    ← ${from} (${kinds.join(', ')})`),
  ]);
  return lines.length === 0 ? 'There are no pipelines.\n' : `${lines.join('\n')}\n`;
}
