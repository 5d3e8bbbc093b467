import type { PipelineLineage, TargetColumn } from '../../project/lineage/pipeline-lineage';
import type { ProjectLineage } from '../../project/lineage/project-lineage';

/** A flowchart from source and reference columns to target columns. https://mermaid.js.org/syntax/flowchart.html */
export function mermaidOfPipeline({ source, target, columns, rows }: PipelineLineage): string {
  const nodes = new Nodes();
  const lines: string[] = [];
  const origin = `${source.connection}:${source.object}`;
  const goal = `${target.connection}:${target.object}`;
  const idOf = (group: string, name: string): string => nodes.id(group, name);
  for (const name of source.columns ?? []) idOf(origin, name);
  if (columns === null) lines.push(`${idOf(origin, 'all columns')} --> ${idOf(goal, 'columns not known yet')}`);
  const masked: string[] = [];
  for (const column of columns ?? []) {
    const to = idOf(goal, column.name);
    if (column.masked !== 'none') masked.push(to);
    const arrow = arrowOf(column);
    const sources = column.allColumns ? ['all columns'] : column.sources;
    for (const name of sources) lines.push(`${idOf(origin, name)} ${arrow} ${to}`);
    for (const { from, column: name } of column.references) lines.push(`${idOf(from, name)} ${arrow} ${to}`);
  }
  for (const { index, kind, sources } of rows) {
    const step = nodes.id('which rows go on', `transform[${index}] ${kind}`);
    for (const name of sources) lines.push(`${idOf(origin, name)} -.-> ${step}`);
  }
  const classes =
    masked.length === 0 ? [] : ['classDef masked stroke-dasharray: 4', `class ${masked.join(',')} masked`];
  return chart([...nodes.groups(), ...new Set(lines), ...classes]);
}

function arrowOf({ masked }: TargetColumn): string {
  return { all: '-- masked -->', part: '-- masked in part -->', none: '-->' }[masked];
}

/** A flowchart over pipelines and reference files. */
export function mermaidOfProject({ pipelines, files, edges }: ProjectLineage): string {
  const ids = new Map([...pipelines.map(({ pipeline }) => pipeline), ...files].map((name, at) => [name, `n${at}`]));
  const boxes = [...ids].map(([name, id]) =>
    name.startsWith('file:') ? `${id}[(${quoted(name)})]` : `${id}[${quoted(name)}]`,
  );
  const arrows = edges.map(
    ({ from, to, kinds }) => `${ids.get(from)} -- ${quoted(kinds.join(', '))} --> ${ids.get(to)}`,
  );
  return chart([...boxes, ...arrows]);
}

/** Nodes by the group that they stand in; names may be anything, so that ids are numbers. */
class Nodes {
  private readonly ids = new Map<string, Map<string, string>>();
  private count = 0;

  id(group: string, name: string): string {
    const its = this.ids.get(group) ?? new Map<string, string>();
    this.ids.set(group, its);
    const id = its.get(name) ?? `n${this.count++}`;
    its.set(name, id);
    return id;
  }

  groups(): string[] {
    return [...this.ids].flatMap(([group, its], at) => [
      `subgraph g${at} [${quoted(group)}]`,
      ...[...its].map(([name, id]) => `  ${id}[${quoted(name)}]`),
      'end',
    ]);
  }
}

function chart(lines: readonly string[]): string {
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** A text in quotes: Mermaid reads characters of its own as entity codes. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["#;<>&]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
}
