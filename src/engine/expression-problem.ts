import type { ColumnType } from '../model/column';

/** Why an expression is refused, and what to write instead. Messages quote the expression's own parts, never data. */
export interface ExpressionProblem {
  readonly code:
    | 'expression-syntax'
    | 'expression-not-allowed'
    | 'function-not-allowed'
    | 'unknown-column'
    | 'invalid-pattern'
    | 'expression-type'
    | 'constant-cast'
    | 'query-syntax'
    | 'query-not-allowed';
  readonly message: string;
  readonly fix: string;
}

/** What is known about an expression after looking at it. */
export interface ExpressionCheck {
  readonly problems: readonly ExpressionProblem[];
  /** The type that it gives; null when there are problems or the columns are not known. */
  readonly type: ColumnType | null;
  /** The columns it reads, as written, each once. */
  readonly reads: readonly string[];
}
