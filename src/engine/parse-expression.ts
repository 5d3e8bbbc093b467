import { randomBytes } from 'node:crypto';
import type { EngineSession } from './engine-session';
import { isNode, type ExpressionNode } from './expression-node';
import type { ExpressionProblem } from './expression-problem';

interface Serialized {
  readonly error: boolean;
  readonly error_message?: string;
  readonly statements?: readonly { readonly node: Record<string, unknown> }[];
}

/**
 * Parses one scalar expression with DuckDB's own parser, without running anything. The text is put into parentheses before a table
 * whose name nobody can guess: whatever breaks out of the parentheses (another statement, a comment that eats the rest, a second
 * column, a WHERE) gives another tree than the one expected, and is refused.
 */
export async function parseExpression(
  session: EngineSession,
  text: string,
): Promise<{ readonly node: ExpressionNode } | { readonly problem: ExpressionProblem }> {
  if (text.includes('\0')) return syntax('it holds a NUL');
  const relation = `relation_${randomBytes(12).toString('hex')}`;
  const [row] = await session.rows<{ tree: string }>(`SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree`, [
    `SELECT (${text}) FROM ${relation}`,
  ]);
  const tree = JSON.parse(row?.tree ?? '{"error":true}') as Serialized;
  if (tree.error) return syntax((tree.error_message ?? 'it cannot be read').replaceAll(relation, 'the relation'));
  const node = onlyExpression(tree, relation);
  return node ? { node } : syntax('it is more than one expression');
}

function onlyExpression(tree: Serialized, relation: string): ExpressionNode | null {
  const select = tree.statements?.length === 1 ? tree.statements[0]?.node : undefined;
  const from = select?.['from_table'] as Record<string, unknown> | undefined;
  const list = select?.['select_list'];
  const plain =
    select?.['type'] === 'SELECT_NODE' &&
    from?.['type'] === 'BASE_TABLE' &&
    from['table_name'] === relation &&
    ['where_clause', 'having', 'sample', 'qualify'].every((clause) => select[clause] === null) &&
    ['modifiers', 'group_expressions', 'group_sets'].every((clause) => isEmpty(select[clause])) &&
    isEmpty((select['cte_map'] as { map?: unknown } | undefined)?.map) &&
    from['sample'] === null &&
    isEmpty(from['column_name_alias']);
  const node: unknown = Array.isArray(list) && list.length === 1 ? list[0] : null;
  return plain && isNode(node) && !node['alias'] ? node : null;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function syntax(why: string): { problem: ExpressionProblem } {
  return {
    problem: {
      code: 'expression-syntax',
      message: `This is not one DuckDB expression: ${why}`,
      fix: 'Write one expression over the columns, without comments at its end, semicolons or a SELECT.',
    },
  };
}
