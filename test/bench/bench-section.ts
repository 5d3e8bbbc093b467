/** A figure of a section. */
export interface BenchTable {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One benchmark's part of `docs/benchmarks.md`. */
export interface BenchSection {
  readonly title: string;
  /** What is measured, against what, and how the peers were made to give the same output. */
  readonly intro: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Further tables. */
  readonly tables?: readonly BenchTable[];
  /** SVG files, written to `docs/benchmarks`. */
  readonly plots?: readonly { readonly file: string; readonly alt: string; readonly svg: string }[];
  /** What the figures mean; honest about what they do not show. */
  readonly notes: readonly string[];
}

/** What was asked for on the command line. */
export interface BenchOptions {
  /** `npm run bench:full`. */
  readonly full: boolean;
  /** Rows, in millions, of the job of orders; the usual sizes when absent. */
  readonly millions?: readonly number[];
  /** Told of what is measured so far, for benchmarks that go on for long. */
  readonly partial?: (section: BenchSection) => Promise<void>;
}

/** Markdown of one section. */
export function renderSection(section: BenchSection): string {
  const { plots = [], tables = [] } = section;
  return [
    `## ${section.title}`,
    '',
    section.intro,
    '',
    ...renderTable(section),
    ...tables.flatMap((table) => ['', ...(table.title === undefined ? [] : [table.title, '']), ...renderTable(table)]),
    ...plots.flatMap(({ file, alt }) => ['', `![${alt}](benchmarks/${file})`]),
    '',
    ...section.notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function renderTable({ columns, rows }: BenchTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}
