import type { EngineSession } from '../../../engine/engine-session';
import { childrenOf, isNode, type ExpressionNode } from '../../../engine/expression-node';
import { parseQuery } from '../../../engine/parse-query';
import { walkExpression } from '../../../engine/walk-expression';
import { INPUT, type QueryPart } from '../../../engine/walk-query';
import type { ColumnEffect, StepEffect } from './step-effect';

/**
 * What an `sql` step does. A plain SELECT over `input` is followed column by column; in anything else (a join, a WITH, a set operation,
 * a subquery, a star) every column is made of every column. `after` are its columns, where they are known.
 */
export async function queryEffect(
  session: EngineSession,
  sql: string,
  names: readonly string[],
  after: readonly string[] | null,
): Promise<StepEffect> {
  const parsed = await parseQuery(session, sql);
  const followed = 'problem' in parsed ? null : followSelect(parsed.query, names);
  if (followed !== null) return followed;
  const did = { expression: sql, reads: names };
  return {
    columns: (after ?? names).map((name) => ({ name, from: names, did })),
    rows: [{ expression: sql, reads: names }],
    opaque: after === null,
  };
}

function followSelect(query: QueryPart, names: readonly string[]): StepEffect | null {
  if (!isPlainSelect(query)) return null;
  const columns: ColumnEffect[] = [];
  for (const node of query['select_list'] as readonly ExpressionNode[]) {
    const reads = readsInQuery(node, names);
    const name = nameOf(node);
    if (reads === null || name === null) return null;
    columns.push({ name, from: reads, did: { expression: null, reads } });
  }
  const rows = ['where_clause', 'group_expressions', 'having', 'qualify'].flatMap((part) => {
    const nodes = ([] as unknown[]).concat(query[part] ?? []).filter(isNode);
    return nodes.map((node) => readsInQuery(node, names));
  });
  if (rows.some((reads) => reads === null)) return null;
  const modifiers = (query['modifiers'] ?? []) as readonly QueryPart[];
  const isCut = modifiers.some(({ type }) => type !== 'ORDER_MODIFIER');
  const deciding = isCut ? names : [...new Set(rows.flatMap((reads) => reads ?? []))];
  return { columns, rows: [{ expression: null, reads: deciding }] };
}

function isPlainSelect(query: QueryPart): boolean {
  const from = query['from_table'] as QueryPart | undefined;
  const withs = (query['cte_map'] as { map?: readonly unknown[] } | undefined)?.map ?? [];
  return (
    query['type'] === 'SELECT_NODE' &&
    withs.length === 0 &&
    from?.['type'] === 'BASE_TABLE' &&
    String(from['table_name']).toLowerCase() === INPUT &&
    ((from['column_name_alias'] ?? []) as readonly unknown[]).length === 0
  );
}

/** Null where it cannot be said. A name that is no column may be another column's alias. */
function readsInQuery(node: ExpressionNode, names: readonly string[]): readonly string[] | null {
  let hasSubquery = false;
  const { reads } = walkExpression(node, { names: null, aggregates: true, inQuery: () => (hasSubquery = true) });
  const read = new Set([...reads].map((name) => name.toLowerCase()));
  const found = names.filter((name) => read.has(name.toLowerCase()));
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the walk above sets it
  return hasSubquery || hasStar(node) || found.length < read.size ? null : found;
}

function hasStar(node: ExpressionNode): boolean {
  return node.class === 'STAR' || childrenOf(node).some(hasStar);
}

function nameOf(node: ExpressionNode): string | null {
  const alias = node['alias'];
  if (typeof alias === 'string' && alias !== '') return alias;
  return node.class === 'COLUMN_REF' ? ((node['column_names'] as readonly string[]).at(-1) ?? null) : null;
}
