import type { ComponentChildren } from 'preact';

/** A column of a table: its heading, and what a row has there. */
export interface ColumnOf<T> {
  readonly heading: string;
  readonly figures?: boolean;
  readonly cell: (row: T) => ComponentChildren;
}

/** Rows below headings. On a narrow screen the table alone is scrolled, by keyboard too. */
export function Table<T>({
  caption,
  columns,
  rows,
  keyOf,
  toneOf,
}: {
  readonly caption: string;
  readonly columns: readonly ColumnOf<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T, index: number) => string;
  readonly toneOf?: (row: T) => string;
}) {
  return (
    <div class="table" role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ heading, figures = false }) => (
              <th key={heading} scope="col" class={figures ? 'figures' : ''}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={keyOf(row, index)} class={toneOf?.(row) ?? ''}>
              {columns.map(({ heading, figures = false, cell }) => (
                <td key={heading} class={figures ? 'figures' : ''}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
