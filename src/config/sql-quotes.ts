/**
 * Whether an offset of a DuckDB or PostgreSQL text stands inside something quoted: a text, a quoted name, a comment, or a
 * dollar-quoted text. A literal put there would not stay one value.
 */
export function isQuotedAt(sql: string, offset: number): boolean {
  const token =
    /(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*('|$)|'(?:[^']|'')*('|$)|"(?:[^"]|"")*("|$)|--[^\n]*|\/\*|\$([A-Za-z_]\w*)?\$/g;
  for (let match = token.exec(sql); match !== null && match.index < offset; match = token.exec(sql)) {
    const end = endOf(sql, match, token.lastIndex);
    if (offset < end) return true;
    token.lastIndex = Math.max(end, match.index + 1);
  }
  return false;
}

function endOf(sql: string, match: RegExpExecArray, matched: number): number {
  const [text] = match;
  if (text === '/*') return endOfComment(sql, matched);
  if (text.startsWith('$')) {
    const close = sql.indexOf(text, matched);
    return close === -1 ? sql.length + 1 : close + text.length;
  }
  const open = /^e?(['"])/i.exec(text)?.[1];
  const isClosed =
    open === undefined || (text.length > open.length && match.slice(1, 4).some((quote) => quote === open));
  return isClosed ? matched : sql.length + 1;
}

/** Comments nest in PostgreSQL; where they do not, this only refuses more. */
function endOfComment(sql: string, from: number): number {
  let depth = 1;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length + 1;
}
