/** One benchmark's part of `docs/benchmarks.md`. */
export interface BenchSection {
  readonly title: string;
  /** What is measured, against what, and how the peers were made to give the same output. */
  readonly intro: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the figures mean; honest about what they do not show. */
  readonly notes: readonly string[];
}

/** Markdown of one section. */
export function renderSection(section: BenchSection): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${section.title}`,
    '',
    section.intro,
    '',
    line(section.columns),
    line(section.columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...section.rows.map(line),
    '',
    ...section.notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}
