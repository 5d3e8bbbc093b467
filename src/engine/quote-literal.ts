/** A DuckDB text literal in quotes. For places that take no bound value: paths in COPY, options, texts inside a view. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('a literal cannot hold a NUL');
  return `'${text.replaceAll("'", "''")}'`;
}
