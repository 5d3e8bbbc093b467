import { randomBytes } from 'node:crypto';
import type { EngineSession } from './engine-session';
import type { ExpressionProblem } from './expression-problem';
import type { QueryPart } from './walk-query';

interface Serialized {
  readonly error: boolean;
  readonly error_message?: string;
  readonly statements?: readonly { readonly node: QueryPart }[];
}

/** A query as something to read FROM. The line breaks end a comment at its end. */
export function queryInParentheses(text: string): string {
  return `(\n${text}\n)`;
}

/**
 * Parses one SELECT with DuckDB's own parser, without running anything, in the parentheses in which it will run: whatever breaks out
 * of them gives another tree than the one expected, and is refused.
 */
export async function parseQuery(
  session: EngineSession,
  text: string,
): Promise<{ readonly query: QueryPart } | { readonly problem: ExpressionProblem }> {
  if (text.includes('\0')) return syntax('it holds a NUL');
  const alias = `query_${randomBytes(12).toString('hex')}`;
  const [row] = await session.rows<{ tree: string }>(`SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree`, [
    `FROM ${queryInParentheses(text)} AS ${alias}`,
  ]);
  const tree = JSON.parse(row?.tree ?? '{"error":true}') as Serialized;
  if (tree.error) return syntax((tree.error_message ?? 'it cannot be read').replaceAll(alias, 'the query'));
  const outer = tree.statements?.length === 1 ? tree.statements[0]?.node : undefined;
  const from = outer?.['from_table'] as QueryPart | undefined;
  const isPlain =
    outer?.['type'] === 'SELECT_NODE' &&
    from?.['type'] === 'SUBQUERY' &&
    from['alias'] === alias &&
    ['where_clause', 'having', 'sample', 'qualify'].every((clause) => outer[clause] === null) &&
    ['modifiers', 'group_expressions'].every((clause) => (outer[clause] as readonly unknown[]).length === 0);
  const query = isPlain ? (from['subquery'] as { node: QueryPart }).node : null;
  return query ? { query } : syntax('it is more than one query');
}

function syntax(why: string): { problem: ExpressionProblem } {
  return {
    problem: {
      code: 'query-syntax',
      message: `This is not one SELECT: ${why}`,
      fix: 'Write one SELECT over input, without a semicolon.',
    },
  };
}
