import type { Result } from './trials';

/** Results as a Markdown table, one row for each combination, and what differed below it. */
export function renderResults(results: readonly Result[]): string {
  const rows = results.map(({ title, points, tried, survived, unreached, differing, seconds }) => {
    const cells = [title, points, tried, survived, differing.length, unreached.length, Math.round(seconds)];
    return `| ${cells.join(' | ')} |`;
  });
  const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0);
  const totals = [
    'all',
    sum(({ points }) => points),
    sum(({ tried }) => tried),
    sum(({ survived }) => survived),
    sum(({ differing }) => differing.length),
    sum(({ unreached }) => unreached.length),
    Math.round(sum(({ seconds }) => seconds)),
  ];
  return [
    '| Source and target | points | tried | survived | differing | not reached | seconds |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    `| ${totals.map((total) => `**${total}**`).join(' | ')} |`,
    '',
  ].join('\n');
}

/** What differed, for people who look into it. */
export function renderDifferences(results: readonly Result[]): string {
  return results.flatMap(({ title, differing }) => differing.map((text) => `${title}: ${text}\n`)).join('');
}
