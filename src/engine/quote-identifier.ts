/** A DuckDB (and PostgreSQL) identifier in quotes. Throws `RangeError` for a NUL, which no engine can hold. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('an identifier cannot hold a NUL');
  return `"${name.replaceAll('"', '""')}"`;
}
