/**
 * A node of DuckDB's own parse tree, as `json_serialize_sql` writes it (DuckDB 1.5). `class` names the kind of node; what else
 * there is depends on it. Unknown kinds are refused, so a newer DuckDB cannot smuggle anything in.
 */
export interface ExpressionNode {
  readonly class: string;
  readonly type: string;
  readonly [part: string]: unknown;
}

export function isNode(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && 'class' in value && 'type' in value;
}

/** The expressions directly under a node, wherever it keeps them, in the order of the tree. */
export function childrenOf(node: ExpressionNode): ExpressionNode[] {
  const found: ExpressionNode[] = [];
  for (const part of Object.values(node)) collect(part, found);
  return found;
}

/** The arguments of a function, without its FILTER and ORDER BY. */
export function argumentsOf(node: ExpressionNode): readonly ExpressionNode[] {
  return Array.isArray(node['children']) ? node['children'].filter(isNode) : [];
}

function collect(part: unknown, found: ExpressionNode[]): void {
  if (isNode(part)) found.push(part);
  else if (Array.isArray(part)) for (const item of part) collect(item, found);
  else if (typeof part === 'object' && part !== null) for (const item of Object.values(part)) collect(item, found);
}

/** The text of a text literal; null for anything else. */
export function literalText(node: ExpressionNode | undefined): string | null {
  const value = node?.class === 'CONSTANT' ? (node['value'] as { value?: unknown; is_null?: boolean }) : undefined;
  return typeof value?.value === 'string' ? value.value : null;
}

/** The value of a whole-number literal; null for anything else. */
export function literalInteger(node: ExpressionNode | undefined): number | null {
  const value = node?.class === 'CONSTANT' ? (node['value'] as { value?: unknown }) : undefined;
  return Number.isInteger(value?.value) ? (value?.value as number) : null;
}
