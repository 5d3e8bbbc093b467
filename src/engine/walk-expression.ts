import { SYSTEM_PREFIX } from '../model/column';
import { AGGREGATE_FUNCTIONS, aggregateProblem, WINDOW_FUNCTIONS } from './aggregate-functions';
import { closest } from '../model/closest';
import { argumentsOf, childrenOf, isNode, type ExpressionNode } from './expression-node';
import type { ExpressionProblem } from './expression-problem';
import { argumentProblem, growsTooMuch, patternOf } from './function-limits';
import { REFUSED_FUNCTIONS, SCALAR_FUNCTIONS } from './scalar-functions';

const DEEPEST = 200;
const MOST_NODES = 2000;

const PLAIN_CLASSES = new Set(['CONSTANT', 'COMPARISON', 'CONJUNCTION', 'CASE', 'BETWEEN']);
const OPERATORS = new Set([
  'OPERATOR_COALESCE',
  'OPERATOR_NOT',
  'OPERATOR_IS_NULL',
  'OPERATOR_IS_NOT_NULL',
  'OPERATOR_TRY',
  'COMPARE_IN',
  'COMPARE_NOT_IN',
  'ARRAY_EXTRACT',
  'ARRAY_SLICE',
  'ARRAY_CONSTRUCTOR',
  'STRUCT_EXTRACT',
]);
const CAST_TYPES = new Set(
  (
    'BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DECIMAL VARCHAR DATE TIME ' +
    'TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS INTERVAL UUID BLOB'
  ).split(' '),
);
const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  SUBQUERY: ['a subquery', 'Use a lookup step or a relationships check to read other data.'],
  WINDOW: ['a window function', 'Use an sql step, a deduplicate step or a unique check for what spans rows.'],
  LAMBDA: ['a lambda or the -> operator', "Write column->>'$.path' or json_extract_string for JSON."],
  STAR: ['* or COLUMNS', 'Name the columns.'],
  PARAMETER: ['a parameter marker', 'Write ${param:name} for a parameter of the pipeline.'],
  POSITIONAL_REFERENCE: ['a column by position', 'Name the column.'],
  COLLATE: ['a collation', 'Use lower or strip_accents.'],
  DEFAULT: ['DEFAULT', 'Write the value out.'],
};

/** What the walk needs to know of the columns: their names, or null when nobody knows them yet. */
export interface KnownNames {
  readonly names: readonly string[] | null;
  /** Whether aggregate functions may stand in it. */
  readonly aggregates?: boolean;
  /** Set for expressions of a query: they may hold windows, stars, columns with a table, and subqueries, which are handed over. */
  readonly inQuery?: (subquery: unknown) => void;
}

/** What the walk came by. */
export interface WalkedExpression {
  readonly problems: readonly ExpressionProblem[];
  /** Columns that it reads, as written. */
  readonly reads: ReadonlySet<string>;
  /** Regular expressions in it, which the engine would compile only when rows come. */
  readonly patterns: ReadonlySet<string>;
}

/**
 * Looks at every node of a parsed expression: only kinds of nodes, functions, casts and columns that are known to be harmless pass.
 */
export function walkExpression(root: ExpressionNode, known: KnownNames): WalkedExpression {
  const problems: ExpressionProblem[] = [];
  const reads = new Set<string>();
  const patterns = new Set<string>();
  let nodes = 0;
  const visit = (node: ExpressionNode, depth: number, parent: ExpressionNode | null): void => {
    nodes += 1;
    if (depth > DEEPEST || nodes > MOST_NODES) return;
    const problem = nodeProblem(node, known, reads, parent);
    if (problem) problems.push(problem);
    const pattern = node.class === 'FUNCTION' ? patternOf(functionName(node), argumentsOf(node)) : null;
    if (pattern !== null) patterns.add(pattern);
    if (node.class !== 'SUBQUERY') for (const child of childrenOf(node)) visit(child, depth + 1, node);
    else if (known.inQuery) {
      known.inQuery(node['subquery']);
      if (isNode(node['child'])) visit(node['child'], depth + 1, node);
    }
  };
  visit(root, 0, null);
  if (nodes > MOST_NODES || isDeeper(root, DEEPEST)) {
    problems.push(notAllowed('it is nested too deeply or too long', 'Split it over several derive steps.'));
  } else if (growsTooMuch(root)) {
    problems.push(notAllowed('its nested functions can blow a value up beyond bounds', 'Replace in fewer steps.'));
  }
  return { problems, reads, patterns };
}

function functionName(node: ExpressionNode): string {
  return String(node['function_name']).toLowerCase();
}

function nodeProblem(
  node: ExpressionNode,
  known: KnownNames,
  reads: Set<string>,
  parent: ExpressionNode | null,
): ExpressionProblem | null {
  if (PLAIN_CLASSES.has(node.class) || (known.inQuery && isPlainInQuery(node))) return null;
  switch (node.class) {
    case 'COLUMN_REF':
      return columnProblem(node['column_names'] as readonly string[], known, reads);
    case 'FUNCTION':
      return functionProblem(node, known, parent);
    case 'WINDOW':
      return known.inQuery ? windowProblem(node) : refusal(node.class);
    case 'CAST':
      return castProblem(node['cast_type']);
    case 'OPERATOR':
      return OPERATORS.has(node.type) ? null : notAllowed(`the operator ${node.type} is not allowed`, 'Take it out.');
    default:
      return refusal(node.class);
  }
}

function refusal(kind: string): ExpressionProblem {
  const [what, fix] = REFUSALS[kind] ?? [kind, 'Use scalar functions over the columns.'];
  return notAllowed(`${what} is not allowed in an expression`, fix);
}

/** What is harmless in a query: a subquery, which is looked at by itself, a star without COLUMNS, GROUPING, ORDER BY ALL. */
function isPlainInQuery(node: ExpressionNode): boolean {
  if (node.class === 'SUBQUERY') return true;
  if (node.class === 'STAR') return node['expr'] === null;
  return node.class === 'OPERATOR' && node.type === 'GROUPING_FUNCTION';
}

function windowProblem(node: ExpressionNode): ExpressionProblem | null {
  const name = functionName(node);
  const elsewhere = (node['schema'] ?? '') !== '' || (node['catalog'] ?? '') !== '';
  const ranks = WINDOW_FUNCTIONS.has(name);
  if (elsewhere || (!ranks && !AGGREGATE_FUNCTIONS.has(name))) {
    return forbidden(name, `The functions of windows are ${[...WINDOW_FUNCTIONS].join(', ')}, and the aggregates.`);
  }
  const isOrdered = Array.isArray(node['orders']) && node['orders'].length > 0;
  const problem = aggregateProblem(node, isOrdered);
  if (isOrdered || (!ranks && problem === null)) return null;
  return notAllowed(`${name} over a window without ORDER BY`, 'Give it an ORDER BY that leaves no two rows equal.');
}

function columnProblem(path: readonly string[], known: KnownNames, reads: Set<string>): ExpressionProblem | null {
  const name = path[0] ?? '';
  const written = path.join('.');
  const refused = REFUSED_FUNCTIONS.get(name.toLowerCase());
  if (known.inQuery) return queryColumnProblem(path, reads, refused);
  if (path.length === 1 && known.names?.some((column) => column.toLowerCase() === name.toLowerCase())) {
    reads.add(name);
    return null;
  }
  if (path.length > 1) {
    return {
      code: 'unknown-column',
      message: `'${written}' is no column: columns are written without a table`,
      fix: `Write a column's name alone, in double quotes when it holds a dot; for a field of JSON write ${name}->>'$.${path.slice(1).join('.')}'.`,
    };
  }
  if (refused !== undefined) return { ...notAllowed(`'${name}' is not allowed in an expression`, refused) };
  if (ENVIRONMENT.test(name) && known.names === null) {
    return notAllowed(
      `'${name}' is not allowed in an expression`,
      `Write "${name}" only where the source has that column.`,
    );
  }
  if (name.toLowerCase().startsWith(SYSTEM_PREFIX)) {
    return notAllowed(`'${name}' belongs to Sluice`, 'Use columns of the source.');
  }
  if (known.names === null) {
    reads.add(name);
    return null;
  }
  const meant = closest(name, known.names);
  return {
    code: 'unknown-column',
    message: `There is no column '${name}' here`,
    fix: meant === undefined ? `The columns are ${list(known.names)}.` : `Did you mean '${meant}'?`,
  };
}

const ENVIRONMENT = /^(current_|session_)?(user|role|schema|catalog|database|query)$/i;

/** Names of a query's columns are settled by binding it; only what the engine would take for a function is refused here. */
function queryColumnProblem(
  path: readonly string[],
  reads: Set<string>,
  refused: string | undefined,
): ExpressionProblem | null {
  const name = path[0] ?? '';
  if (path.length === 1 && (refused !== undefined || ENVIRONMENT.test(name))) {
    return notAllowed(`'${name}' is not allowed as the name of a column here`, refused ?? `Write input."${name}".`);
  }
  if (path.some((part) => part.toLowerCase().startsWith(SYSTEM_PREFIX))) {
    return notAllowed(`'${path.join('.')}' belongs to Sluice`, 'Use columns of input.');
  }
  reads.add(path.at(-1) ?? '');
  return null;
}

function functionProblem(
  node: ExpressionNode,
  known: KnownNames,
  parent: ExpressionNode | null,
): ExpressionProblem | null {
  const name = functionName(node);
  const schema = typeof node['schema'] === 'string' ? node['schema'] : '';
  const written = schema === '' || schema === 'main' ? name : `${schema}.${name}`;
  if (written !== name || (node['catalog'] ?? '') !== '') {
    return forbidden(written, `Write ${name}(${schema}, ...), without a schema before the name.`);
  }
  if (known.aggregates === true && AGGREGATE_FUNCTIONS.has(name)) {
    const sorted = parent?.class === 'FUNCTION' && functionName(parent) === 'list_sort';
    const fix = node['export_state'] === true ? 'Take EXPORT_STATE out.' : aggregateProblem(node, sorted);
    return fix === null ? null : notAllowed(`the result of ${name}(...) would depend on the order of the rows`, fix);
  }
  if (!SCALAR_FUNCTIONS.has(name)) {
    const meant = closest(name, [...SCALAR_FUNCTIONS]);
    return forbidden(
      name,
      REFUSED_FUNCTIONS.get(name) ??
        (meant === undefined ? 'Use the scalar functions of the reference.' : `Did you mean '${meant}'?`),
    );
  }
  const ordered = (node['order_bys'] as { orders?: readonly unknown[] } | null)?.orders?.length ?? 0;
  if (node['filter'] || node['distinct'] === true || node['export_state'] === true || ordered > 0) {
    return notAllowed(`FILTER, DISTINCT and ORDER BY are not allowed in ${name}(...)`, 'An expression sees one row.');
  }
  const problem = argumentProblem(name, argumentsOf(node));
  return problem === null
    ? null
    : notAllowed(`in ${name}(...) ${problem}`, 'Write the argument out, and keep it small.');
}

function castProblem(type: unknown): ExpressionProblem | null {
  const { id, type_info: info } = type as { id: string; type_info: Record<string, unknown> | null };
  if (id === 'UNBOUND' && String(info?.['name']).toLowerCase() === 'json' && !info?.['schema']) return null;
  if (id === 'LIST') return castProblem(info?.['child_type']);
  const plain = (CAST_TYPES.has(id) && !info?.['alias']) || /^TIMESTAMP WITH TIME ZONE$/.test(id);
  if (plain) return null;
  const name = id === 'UNBOUND' ? String(info?.['name']) : id;
  return notAllowed(
    `a cast to ${name} is not allowed`,
    'Cast to a plain type such as INTEGER, DECIMAL(12,2), VARCHAR or TIMESTAMP.',
  );
}

function isDeeper(root: ExpressionNode, limit: number): boolean {
  let level: ExpressionNode[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function forbidden(name: string, fix: string): ExpressionProblem {
  return { code: 'function-not-allowed', message: `The function '${name}' is not one that expressions may use`, fix };
}

function notAllowed(why: string, fix: string): ExpressionProblem {
  return { code: 'expression-not-allowed', message: `Not allowed: ${why}`, fix };
}

function list(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');
}
