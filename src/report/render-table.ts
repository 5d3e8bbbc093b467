/** A column: its heading, and whether its cells are figures, which stand right. */
export interface TableColumn {
  readonly heading: string;
  readonly figures?: boolean;
}

/** Lays rows of text out in aligned columns, two spaces apart; lines have no trailing space. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => cells[index]?.length ?? 0)));
  return lines.map((cells) =>
    columns
      .map(({ figures }, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        return figures === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `3000000` as `3,000,000`; keeps decimals and sign, and text that is no number. */
export function groupDigits(value: number | string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(String(value));
  if (match === null) return String(value);
  const [, sign = '', whole = '', rest = ''] = match;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest}`;
}

/** Milliseconds as `850 ms`, `12.3 s` or `3 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
