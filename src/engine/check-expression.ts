import { EngineError } from '../errors/engine-error';
import type { Column } from '../model/column';
import { describeRelation } from './describe-relation';
import { duckdbType } from './duckdb-type';
import type { EngineSession } from './engine-session';
import type { ExpressionCheck, ExpressionProblem } from './expression-problem';
import { failingCasts } from './failing-casts';
import { PATTERN_FIX, patternFault } from './pattern-fault';
import { parseExpression } from './parse-expression';
import { quoteIdentifier } from './quote-identifier';
import { walkExpression } from './walk-expression';

/** What an expression may see, and what is expected of it. */
export interface ExpressionScope {
  /** The columns of the relation; null when nobody knows them yet: then types and names are not checked. */
  readonly columns: readonly Column[] | null;
  /** Further names that are given, such as `run_started_at`. A column of the same name hides one. */
  readonly extraNames?: readonly Column[];
  readonly expects?: 'boolean';
  /** Set where the expression folds rows: it may hold aggregates, and these columns as they are. */
  readonly groupBy?: readonly string[];
}

/** Checks a scalar expression: its syntax, every node and function in it, its columns, and the type it gives. Of it, only casts of literals are run. */
export async function checkExpression(
  session: EngineSession,
  text: string,
  scope: ExpressionScope,
): Promise<ExpressionCheck> {
  const parsed = await parseExpression(session, text);
  if ('problem' in parsed) {
    const word = await unquotedKeyword(session, text, scope.columns ?? []);
    const problem =
      word === null
        ? parsed.problem
        : { ...parsed.problem, fix: `'${word}' is a word of SQL: as a column write "${word}".` };
    return { problems: [problem], type: null, reads: [] };
  }
  const visible = scope.columns === null ? null : visibleColumns(scope.columns, scope.extraNames ?? []);
  const walked = walkExpression(parsed.node, {
    names: visible?.map((column) => column.name) ?? null,
    aggregates: scope.groupBy !== undefined,
  });
  const problems = [...walked.problems, ...(await patternProblems(session, walked.patterns))];
  // Only what the walk found harmless may be run.
  if (problems.length === 0) problems.push(...(await failingCasts(session, parsed.node, visible)));
  const reads = [...walked.reads];
  if (problems.length > 0 || visible === null) return { problems, type: null, reads };
  return { ...(await bind(session, text, visible, scope)), reads };
}

/** A column that is named like a word of SQL and stands in the text without quotes: the usual reason why it cannot be read. */
async function unquotedKeyword(
  session: EngineSession,
  text: string,
  columns: readonly Column[],
): Promise<string | null> {
  const keywords = await session.rows<{ word: string }>(
    `SELECT keyword_name AS word FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'`,
  );
  const words = new Set(keywords.map(({ word }) => word));
  const bare = new Set(
    text
      .replace(/'[^']*'|"[^"]*"/g, ' ')
      .toLowerCase()
      .match(/\w+/g) ?? [],
  );
  return columns.find(({ name }) => words.has(name.toLowerCase()) && bare.has(name.toLowerCase()))?.name ?? null;
}

async function patternProblems(session: EngineSession, patterns: ReadonlySet<string>): Promise<ExpressionProblem[]> {
  const problems: ExpressionProblem[] = [];
  for (const pattern of patterns) {
    const message = await patternFault(session, pattern);
    if (message === null) continue;
    problems.push({ code: 'invalid-pattern', message, fix: PATTERN_FIX });
  }
  return problems;
}

function visibleColumns(columns: readonly Column[], extra: readonly Column[]): Column[] {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  return [...columns, ...extra.filter((column) => !taken.has(column.name.toLowerCase()))];
}

async function bind(
  session: EngineSession,
  text: string,
  columns: readonly Column[],
  { expects, groupBy = [] }: ExpressionScope,
): Promise<Pick<ExpressionCheck, 'problems' | 'type'>> {
  const grouped = groupBy.length > 0 ? ` GROUP BY ${groupBy.map(quoteIdentifier).join(', ')}` : '';
  const relation = columns.map((column) => `NULL::${duckdbType(column.type)} AS ${quoteIdentifier(column.name)}`);
  try {
    const [bound] = await describeRelation(
      session,
      `SELECT (${text}) AS result FROM (SELECT ${relation.join(', ') || '1 AS nothing'})${grouped}`,
    );
    const type = bound?.type ?? 'string';
    return expects !== undefined && type !== expects
      ? { problems: [wrongType(expects, type)], type: null }
      : { problems: [], type };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = error.message.replace(/^The engine could not run the statement: /, '');
    return {
      problems: [{ code: 'expression-type', message, fix: 'Cast the columns first, or in the expression.' }],
      type: null,
    };
  }
}

function wrongType(expected: string, type: string): ExpressionProblem {
  return {
    code: 'expression-type',
    message: `The expression gives ${type} where a ${expected} is needed`,
    fix: 'Compare it with something, such as distance > 0.',
  };
}
