import { quoteLiteral } from '../../engine/quote-literal';

/** A hash of a row's texts: the same for the same texts; a null and an empty text differ, and so do texts that only run together alike. */
export function rowHash(texts: readonly string[]): string {
  const parts = texts.map(
    (text) => `CASE WHEN ${text} IS NULL THEN 'n' ELSE 'v' || length(${text}) || ':' || ${text} END`,
  );
  return `md5(concat_ws(chr(31), ${parts.join(', ')}))`;
}

/** Numbers `n` of the rows of a relation (`n`, `hash`) that earlier runs took: of equal rows so many as were taken. */
export function takenBefore(relation: string, seenFile: string): string {
  const before = `SELECT hash, count(*) AS taken FROM read_parquet(${quoteLiteral(seenFile)}) GROUP BY hash`;
  return (
    `SELECT n FROM (SELECT r.n, b.taken, row_number() OVER (PARTITION BY r.hash ORDER BY r.n) AS nth ` +
    `FROM ${relation} AS r JOIN (${before}) AS b ON r.hash = b.hash) WHERE nth <= taken`
  );
}
