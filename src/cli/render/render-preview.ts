import type { Column } from '../../model/column';
import type { Answer, PipelinePreview } from '../../project/pipeline-preview';
import { plural } from './render-problems';

/** A preview for people. */
export function renderPreview(preview: PipelinePreview): string {
  const { pipeline, description, environment } = preview;
  const parts = [
    [`Plan of ${pipeline} (environment ${environment})`, ...(description === null ? [] : [`  ${description}`])],
    section('Order', order(preview)),
    section('Source', source(preview)),
    section(
      'Target schema',
      columnLines(preview.target.columns, 'not known until the source is read: declare source.columns'),
    ),
    section('Target', target(preview)),
    section(
      'Transform and checks (DuckDB, per partition; step_0 is what was extracted)',
      sqlLines(preview.transform.sql),
    ),
    section(`Load (${preview.target.connection})`, sqlLines(preview.target.statements ?? [])),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return [title, ...lines.map((line) => `  ${line}`.trimEnd())];
}

function order({ dag, pipeline }: PipelinePreview): string[] {
  const path = dag.levels.map((level) => level.join(', ')).join(' → ');
  const lines = [path];
  if (dag.dependsOn.length > 0)
    lines.push(`${pipeline} depends on ${dag.dependsOn.join(', ')}; alone it runs without them.`);
  if (dag.neededBy.length > 0) lines.push(`Needed by ${dag.neededBy.join(', ')}.`);
  return lines;
}

function source({ source: { connection, files, slice, columns } }: PipelinePreview): string[] {
  const lines = [`${connection}: ${files}`];
  if (!slice.reached) lines.push(...notReached(slice, 'files and partitions'));
  else if (slice.answer.outcome === 'up-to-date') lines.push(`Nothing to do: ${slice.answer.reason ?? ''}`);
  else {
    const { answer } = slice;
    lines.push(`${plural(answer.files.length, 'file')}, ${plural(answer.partitions.length, 'partition')}`);
    for (const { index, label, estimatedRows, estimatedBytes } of answer.partitions) {
      const size = [
        estimatedRows === null ? [] : `${digits(estimatedRows)} rows`,
        estimatedBytes === null ? [] : `${digits(estimatedBytes)} bytes`,
      ].flat();
      lines.push(`  ${String(index).padStart(4)}  ${label}${size.length > 0 ? `  (${size.join(', ')})` : ''}`);
    }
  }
  if (slice.reached) lines.push(...slice.answer.notes.map((note) => `Note: ${note}`));
  if (columns !== null) lines.push(`Columns: ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')}`);
  return lines;
}

function target({ target: { connection, table, writeDisposition, current } }: PipelinePreview): string[] {
  const lines = [`${connection}: ${writeDisposition} into ${table}`];
  if (!current.reached) return [...lines, ...notReached(current, 'the table as it is')];
  const { columns, mismatch } = current.answer;
  if (columns === null) return [...lines, 'The table does not exist yet and would be created.'];
  return [...lines, `The table exists with ${plural(columns.length, 'column')}. ${mismatch ?? 'Its columns fit.'}`];
}

function notReached(answer: Extract<Answer<unknown>, { reached: false }>, what: string): string[] {
  return [`Could not be reached, so ${what} cannot be shown: ${answer.reason}`, answer.nextAction];
}

function columnLines(columns: readonly Column[] | null, otherwise: string): string[] {
  if (columns === null) return [otherwise];
  const width = Math.max(0, ...columns.map(({ name }) => name.length));
  return columns.map(({ name, type }) => `${name.padEnd(width)}  ${type}`);
}

function sqlLines(statements: readonly string[]): string[] {
  if (statements.length === 0) return ['not known'];
  return statements.flatMap((sql, index) => [...(index > 0 ? [''] : []), ...terminated(sql).split('\n')]);
}

/** Ends a statement with a semicolon, before a comment that says when it runs. */
function terminated(sql: string): string {
  const [, statement = sql, comment = ''] = /^([\s\S]*?);?\s*(\s--[^\n]*)?$/.exec(sql) ?? [];
  return `${statement};${comment}`;
}

function digits(value: number): string {
  return value.toLocaleString('en-US');
}
