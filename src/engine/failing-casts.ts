import { EngineQueryError } from '../errors/engine-query-error';
import { EngineValueError } from '../errors/engine-value-error';
import type { Column } from '../model/column';
import { duckdbType } from './duckdb-type';
import type { EngineSession } from './engine-session';
import { argumentsOf, childrenOf, isNode, literalText, type ExpressionNode } from './expression-node';
import type { ExpressionProblem } from './expression-problem';
import { quoteLiteral } from './quote-literal';

/** Types of columns that any text can be compared with as it is. */
const TEXTS: ReadonlySet<string> = new Set(['string', 'json', 'blob']);

/**
 * Texts that an expression casts, or compares with a column of another type, though they are no values of that type: the engine finds out only
 * when it meets a row. What may never be evaluated (branches of CASE, later arguments of COALESCE, AND and OR, what TRY holds) is
 * left alone. The expression must have been found harmless before: of it, casts of literals are run. `columns` is null where nobody knows them.
 */
export async function failingCasts(
  session: EngineSession,
  root: ExpressionNode,
  columns: readonly Column[] | null,
): Promise<ExpressionProblem[]> {
  const casts: string[] = [];
  const visit = async (node: ExpressionNode): Promise<void> => {
    if (isCastOfText(node)) casts.push(await textOf(session, node));
    casts.push(...comparedTexts(node, columns ?? []));
    for (const child of surelyEvaluated(node)) await visit(child);
  };
  await visit(root);
  const problems: ExpressionProblem[] = [];
  for (const cast of new Set(casts)) {
    if (!(await fails(session, cast))) continue;
    const message = `${cast} fails for every row: the text is no such value`;
    problems.push({ code: 'constant-cast', message, fix: 'Write a value of that type.' });
  }
  return problems;
}

function isCastOfText(node: ExpressionNode): boolean {
  return (
    node.class === 'CAST' && node['try_cast'] === false && isNode(node['child']) && literalText(node['child']) !== null
  );
}

/** The casts that the engine adds where a text stands beside a column of another type. */
function comparedTexts(node: ExpressionNode, columns: readonly Column[]): string[] {
  const isIn = node.type === 'COMPARE_IN' || node.type === 'COMPARE_NOT_IN';
  if (node.class !== 'COMPARISON' && node.class !== 'BETWEEN' && !isIn) return [];
  const sides = childrenOf(node);
  const types = sides.flatMap((side) => {
    const name = side.class === 'COLUMN_REF' ? (side['column_names'] as readonly string[]).at(-1) : undefined;
    const column = columns.find((one) => one.name.toLowerCase() === name?.toLowerCase());
    return column === undefined || TEXTS.has(column.type) ? [] : [duckdbType(column.type)];
  });
  const [type] = types;
  // With several columns, or none, the engine chooses a type that only binding would tell.
  if (type === undefined || types.length > 1) return [];
  const texts = sides.flatMap((side) => literalText(side) ?? []);
  return sides.length === texts.length + 1 ? texts.map((text) => `CAST(${quoteLiteral(text)} AS ${type})`) : [];
}

function surelyEvaluated(node: ExpressionNode): readonly ExpressionNode[] {
  if (node.class === 'CASE' || node.class === 'CONJUNCTION') return childrenOf(node).slice(0, 1);
  if (node.type === 'OPERATOR_COALESCE') return argumentsOf(node).slice(0, 1);
  if (node.type === 'OPERATOR_TRY' || node.class === 'SUBQUERY') return [];
  return isNode(node['filter']) ? [node['filter']] : childrenOf(node);
}

async function textOf(session: EngineSession, node: ExpressionNode): Promise<string> {
  const select = {
    type: 'SELECT_NODE',
    modifiers: [],
    cte_map: { map: [] },
    select_list: [node],
    from_table: { type: 'EMPTY', alias: '', sample: null },
    where_clause: null,
    group_expressions: [],
    group_sets: [],
    aggregate_handling: 'STANDARD_HANDLING',
    having: null,
    sample: null,
    qualify: null,
  };
  const tree = { error: false, statements: [{ node: select, named_param_map: [] }] };
  // Positions are 64-bit numbers, which JavaScript cannot give back; nothing needs them.
  const json = JSON.stringify(tree, (key, value: unknown) => (key === 'query_location' ? undefined : value));
  const [row] = await session.rows<{ text: string }>('SELECT json_deserialize_sql($1::JSON) AS text', [json]);
  return (row?.text ?? '').replace(/^SELECT /, '').replace(/;?\s*$/, '');
}

async function fails(session: EngineSession, cast: string): Promise<boolean> {
  try {
    await session.rows(`SELECT (${cast}) IS NULL AS nothing`);
    return false;
  } catch (error) {
    if (error instanceof EngineValueError) return true;
    // A cast that does not exist at all is found when the expression is bound.
    if (error instanceof EngineQueryError) return false;
    throw error;
  }
}
