import { EngineError } from '../errors/engine-error';
import type { Column } from '../model/column';
import { describeRelation } from './describe-relation';
import { duckdbType } from './duckdb-type';
import type { EngineSession } from './engine-session';
import type { ExpressionProblem } from './expression-problem';
import { parseQuery, queryInParentheses } from './parse-query';
import { PATTERN_FIX, patternFault } from './pattern-fault';
import { quoteIdentifier } from './quote-identifier';
import { INPUT, walkQuery } from './walk-query';

const LONGEST_QUERY = 20_000;

/** What is known about a query after looking at it; `columns` is null when there are problems, or nobody knows the input's columns. */
export interface QueryCheck {
  readonly problems: readonly ExpressionProblem[];
  readonly columns: readonly Column[] | null;
}

/**
 * Checks a SELECT over the relation `input` and nothing else: its syntax, every part and function in it, and, where the columns
 * of `input` are known, what it gives. Runs nothing.
 */
export async function checkQuery(
  session: EngineSession,
  text: string,
  input: readonly Column[] | null,
): Promise<QueryCheck> {
  if (text.length > LONGEST_QUERY) return failed(tooLong());
  const parsed = await parseQuery(session, text);
  if ('problem' in parsed) return failed(parsed.problem);
  const walked = walkQuery(parsed.query);
  const problems = [...walked.problems];
  for (const pattern of walked.patterns) {
    const message = await patternFault(session, pattern);
    if (message !== null) problems.push({ code: 'invalid-pattern', message, fix: PATTERN_FIX });
  }
  if (problems.length > 0 || input === null) return { problems, columns: null };
  const nulls = input.map((column) => `NULL::${duckdbType(column.type)} AS ${quoteIdentifier(column.name)}`);
  try {
    const sql = `FROM (WITH ${INPUT} AS (SELECT ${nulls.join(', ')}) FROM ${queryInParentheses(text)})`;
    return { problems, columns: await describeRelation(session, sql) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = error.message.replace(/^The engine could not run the statement: /, '');
    return failed({ code: 'query-syntax', message, fix: 'Look at the names and types of the columns of input.' });
  }
}

function failed(problem: ExpressionProblem): QueryCheck {
  return { problems: [problem], columns: null };
}

function tooLong(): ExpressionProblem {
  return {
    code: 'query-not-allowed',
    message: `The query is longer than ${LONGEST_QUERY} characters`,
    fix: 'Split it over several steps.',
  };
}
