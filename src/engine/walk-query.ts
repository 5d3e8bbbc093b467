import { isNode } from './expression-node';
import type { ExpressionProblem } from './expression-problem';
import { walkExpression } from './walk-expression';

/** A part of a parsed query that is no expression: a SELECT, a table of FROM, an ORDER BY. `type` names its kind. */
export type QueryPart = Readonly<Record<string, unknown>>;

/** The only relation that a query finds. */
export const INPUT = 'input';

interface Walk {
  readonly problems: ExpressionProblem[];
  readonly patterns: Set<string>;
}

/**
 * Looks at every part of a parsed SELECT: only kinds of parts that are known to be harmless pass, and no relation but `input` and
 * what the query itself names with WITH, where that is in sight. Expressions in it are looked at by `walkExpression`.
 */
export function walkQuery(root: QueryPart): {
  readonly problems: readonly ExpressionProblem[];
  readonly patterns: ReadonlySet<string>;
} {
  const walk: Walk = { problems: [], patterns: new Set() };
  visitQuery(root, new Set([INPUT]), walk);
  return walk;
}

function visitQuery(query: QueryPart, outer: ReadonlySet<string>, walk: Walk): void {
  const names = withNames(query, outer, walk);
  visitModifiers(query['modifiers'], names, walk);
  switch (query['type']) {
    case 'SELECT_NODE':
      if (query['sample'] !== null) walk.problems.push(notAllowed('a sample', 'Filter by a hash of a column.'));
      for (const part of ['select_list', 'where_clause', 'group_expressions', 'having', 'qualify']) {
        visitExpressions(query[part], names, walk);
      }
      visitTable(query['from_table'] as QueryPart, names, walk);
      return;
    case 'SET_OPERATION_NODE':
      visitQuery(query['left'] as QueryPart, names, walk);
      visitQuery(query['right'] as QueryPart, names, walk);
      return;
    case 'RECURSIVE_CTE_NODE':
      walk.problems.push(notAllowed('WITH RECURSIVE', 'It may never end: write the levels out.'));
      return;
    default:
      walk.problems.push(notAllowed(String(query['type']), 'Write a plain SELECT.'));
  }
}

/** What a query names with WITH, added to what it sees from outside; each name is in sight of those after it. */
function withNames(query: QueryPart, outer: ReadonlySet<string>, walk: Walk): ReadonlySet<string> {
  const entries = (query['cte_map'] as { map?: readonly QueryPart[] } | undefined)?.map ?? [];
  const names = new Set(outer);
  for (const { key, value } of entries as readonly { key: string; value: { query: { node: QueryPart } } }[]) {
    if (key.toLowerCase() === INPUT) {
      walk.problems.push(notAllowed(`a WITH named ${INPUT}`, 'Give it another name.'));
    }
    visitQuery(value.query.node, names, walk);
    names.add(key.toLowerCase());
  }
  return names;
}

function visitModifiers(value: unknown, names: ReadonlySet<string>, walk: Walk): void {
  const modifiers = (value ?? []) as readonly QueryPart[];
  const isOrdered = modifiers.some(({ type }) => type === 'ORDER_MODIFIER');
  for (const modifier of modifiers) {
    const chooses = ['LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER'].includes(String(modifier['type']));
    const isDistinctOn =
      modifier['type'] === 'DISTINCT_MODIFIER' && (modifier['distinct_on_targets'] as readonly unknown[]).length > 0;
    if ((chooses || isDistinctOn) && !isOrdered) {
      const what = chooses ? 'LIMIT' : 'DISTINCT ON';
      walk.problems.push(notAllowed(`${what} without ORDER BY`, 'Order by columns that leave no two rows equal.'));
    }
    if (!chooses && modifier['type'] !== 'DISTINCT_MODIFIER' && modifier['type'] !== 'ORDER_MODIFIER') {
      walk.problems.push(notAllowed(String(modifier['type']), 'Take it out.'));
    }
    visitExpressions(modifier['distinct_on_targets'], names, walk);
    visitExpressions([modifier['limit'], modifier['offset']], names, walk);
    const orders = (modifier['orders'] ?? []) as readonly QueryPart[];
    visitExpressions(
      orders.map((order) => order['expression']),
      names,
      walk,
    );
  }
}

function visitTable(table: QueryPart, names: ReadonlySet<string>, walk: Walk): void {
  if ((table['sample'] ?? null) !== null) {
    walk.problems.push(notAllowed('a sample', 'Filter by a hash of a column.'));
  }
  switch (table['type']) {
    case 'EMPTY':
      return;
    case 'BASE_TABLE':
      visitBaseTable(table, names, walk);
      return;
    case 'SUBQUERY':
      visitQuery((table['subquery'] as { node: QueryPart }).node, names, walk);
      return;
    case 'EXPRESSION_LIST':
      for (const row of table['values'] as readonly unknown[]) visitExpressions(row, names, walk);
      return;
    case 'JOIN':
      if (table['ref_type'] === 'POSITIONAL') {
        walk.problems.push(notAllowed('a POSITIONAL JOIN', 'Rows have no position: join by columns.'));
      }
      visitTable(table['left'] as QueryPart, names, walk);
      visitTable(table['right'] as QueryPart, names, walk);
      visitExpressions([table['condition']], names, walk);
      return;
    case 'TABLE_FUNCTION': {
      const name = String((table['function'] as QueryPart | undefined)?.['function_name']);
      const fix = name === 'unnest' ? 'Use an unnest step before this one.' : `Read from ${INPUT} only.`;
      walk.problems.push(notAllowed(`the table function ${name}`, fix));
      return;
    }
    default:
      walk.problems.push(notAllowed(`${String(table['type'])} in FROM`, `Read from ${INPUT} only.`));
  }
}

function visitBaseTable(table: QueryPart, names: ReadonlySet<string>, walk: Walk): void {
  const name = String(table['table_name']);
  const isElsewhere = ['schema_name', 'catalog_name'].some((part) => (table[part] ?? '') !== '');
  if (!isElsewhere && (table['at_clause'] ?? null) === null && names.has(name.toLowerCase())) return;
  const fix = `The rows of the pipeline are the table ${INPUT}; use a lookup step for the data of another pipeline.`;
  walk.problems.push(notAllowed(`the table '${name}'`, fix));
}

function visitExpressions(value: unknown, names: ReadonlySet<string>, walk: Walk): void {
  for (const node of Array.isArray(value) ? value : [value]) {
    if (!isNode(node)) continue;
    const walked = walkExpression(node, {
      names: null,
      aggregates: true,
      inQuery: (subquery) => visitQuery((subquery as { node: QueryPart }).node, names, walk),
    });
    walk.problems.push(...walked.problems);
    for (const pattern of walked.patterns) walk.patterns.add(pattern);
  }
}

function notAllowed(what: string, fix: string): ExpressionProblem {
  return { code: 'query-not-allowed', message: `Not allowed in this query: ${what}`, fix };
}
