import type { ColumnProfile, SourceProfile } from '../../project/profile/profile-types';
import { groupDigits, renderTable } from '../../report/render-table';

const WIDEST = 24;
const MOST_SHOWN = 4;

/** A profile as a person reads it: a line for each column, then the commonest values and shapes. */
export function renderProfile(label: string, profile: SourceProfile): string {
  const { rows, complete, malformed, columns, keys } = profile;
  const looked = complete ? '' : ', the first of more';
  const bad = malformed > 0 ? `, and ${groupDigits(malformed)} that cannot be parsed` : '';
  const lines = [
    `${label}: ${groupDigits(rows)} rows${looked}${bad}, ${columns.length} columns`,
    ...(keys.length > 0 ? [`Tells rows apart: ${keys.join(', ')}`] : []),
    '',
    ...renderColumns(profile),
    '',
    ...columns.flatMap(renderValues),
  ];
  return `${lines.join('\n')}\n`;
}

function renderColumns({ rows, columns }: SourceProfile): string[] {
  const headings = ['Column', 'Type', 'Misfits', 'Nulls', 'Distinct', 'Least', 'Median', 'Greatest', 'Notes'];
  const figures = new Set(['Misfits', 'Nulls', 'Distinct']);
  return renderTable(
    headings.map((heading) => ({ heading, figures: figures.has(heading) })),
    columns.map((column) => [
      column.name,
      column.reading.type,
      groupDigits(column.misfits),
      share(column.nulls, rows),
      groupDigits(column.distinct),
      short(column.min ?? ''),
      column.quantiles[2] === undefined ? '' : String(Number(column.quantiles[2].toPrecision(6))),
      short(column.max ?? ''),
      notesOf(column),
    ]),
  );
}

function notesOf({ reading, nullTokens, spaced, personal }: ColumnProfile): string {
  return [
    ...(personal === null ? [] : [`personal data: ${personal}, masked here`]),
    ...(reading.formats === undefined ? [] : [`as ${reading.formats.join(' or ')}`]),
    ...(reading.decimalMark === undefined ? [] : ['decimal comma']),
    ...(reading.strip === undefined ? [] : ['with a currency']),
    ...(nullTokens.length === 0 ? [] : [`no value: ${nullTokens.join(', ')}`]),
    ...(spaced === 0 ? [] : [`spaces in ${groupDigits(spaced)}`]),
  ].join('; ');
}

function renderValues({ name, top, patterns, reading }: ColumnProfile): string[] {
  if (top.length === 0) return [];
  const list = (values: ColumnProfile['top']): string =>
    values
      .slice(0, MOST_SHOWN)
      .map(({ value, rows }) => `${short(value)} (${groupDigits(rows)})`)
      .join(', ');
  const shapes =
    reading.type === 'string' && patterns.length > 0 ? `\n  ${''.padEnd(WIDEST)}  shapes: ${list(patterns)}` : '';
  return [`  ${name.padEnd(WIDEST)}  ${list(top)}${shapes}`];
}

function share(part: number, whole: number): string {
  if (part === 0) return '0';
  const percent = (part / whole) * 100;
  return percent < 0.01 ? '<0.01 %' : `${Number(percent.toPrecision(3))} %`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return [...line].length <= WIDEST ? line : `${[...line].slice(0, WIDEST - 1).join('')}…`;
}
