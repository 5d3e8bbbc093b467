import type { EngineSession } from '../../../engine/engine-session';
import { isNode, type ExpressionNode } from '../../../engine/expression-node';
import { parseExpression } from '../../../engine/parse-expression';
import { walkExpression } from '../../../engine/walk-expression';

/** The columns that an expression reads, by their names in `names`; none for one that is wrong, which the binding reports. */
export async function expressionReads(
  session: EngineSession,
  text: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const parsed = await parseExpression(session, text);
  return 'problem' in parsed ? [] : nodeReads(parsed.node, names);
}

/** The same of a parsed expression. */
export function nodeReads(node: ExpressionNode, names: readonly string[]): readonly string[] {
  if (!isNode(node)) return [];
  const read = new Set([...walkExpression(node, { names, aggregates: true }).reads].map((name) => name.toLowerCase()));
  return names.filter((name) => read.has(name.toLowerCase()));
}
