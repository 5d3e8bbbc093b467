import { METRICS } from './catalogue';
import { DIMENSION_LIMITS, type MetricDefinition } from './metric-definition';

/** The page `docs/metrics.md`. */
export function renderCatalogue(): string {
  const metrics: [string, MetricDefinition][] = Object.entries(METRICS);
  return [
    '# Metrics',
    '',
    'Written by `npm run metrics` from `src/observability/metrics/catalogue.ts`; do not edit it here. What they are for and how to ask for them:',
    '[observability](observability.md).',
    '',
    ...table(
      ['metric', 'kind', 'unit', 'by', 'what it says'],
      metrics.map(([name, { kind, unit, dimensions, description }]) => [
        `\`${name}\``,
        kind,
        `\`${unit}\``,
        dimensions.map((dimension) => `\`${dimension}\``).join(', '),
        description,
      ]),
    ),
    '',
    '## Dimensions',
    '',
    'A dimension has at most so many values in one process; further ones are counted together as `other`, so that sums stay right.',
    '',
    ...table(
      ['dimension', 'values'],
      Object.entries(DIMENSION_LIMITS).map(([dimension, limit]) => [`\`${dimension}\``, String(limit)]),
    ),
    '',
  ].join('\n');
}

/** As the formatter lays out tables. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
