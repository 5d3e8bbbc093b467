import type { MaskConfig, MaskStep } from '../../../config/schema/mask';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { DeclaredColumn } from '../../../model/declared-columns';
import { findColumn, missingColumns } from '../find-column';
import type { Lineage } from '../lineage/lineage-types';
import { maskColumns, taggedColumns } from '../mask-columns';
import { maskSql } from '../mask-sql';
import { selectWith, whileIn } from '../select-sql';
import { unbound, type BoundStep, type StepProblem, type StepScope } from '../step-scope';

/** A mask step, bound. */
export interface BoundMask extends BoundStep {
  /** The columns that it masks, by their names at this point. */
  readonly maskedColumns: readonly string[];
}

/** What a mask step needs beside the scope. */
export interface MaskScope extends StepScope {
  /** Where the columns come from; null when nobody knows them. */
  readonly lineage: Lineage | null;
  readonly source: { readonly columns?: Readonly<Record<string, DeclaredColumn>> | undefined };
}

/** `mask: { columns: [email], method: token, salt: ${secret:name} }`, or `tag: pii` in place of columns. */
export function bindMask({ mask }: MaskStep, scope: MaskScope): BoundMask {
  const { columns, lineage } = scope;
  const problems = problemsOf(mask, scope);
  if (problems.length > 0 || columns === null || lineage === null) {
    return { ...unbound(problems), maskedColumns: [] };
  }
  const maskedColumns = maskColumns(mask, scope.source, lineage);
  const assignments = maskedColumns.flatMap((name) => {
    const column = findColumn(columns, name);
    if (column === undefined) return [];
    const value = quoteIdentifier(column.name);
    const isNull = mask.method === 'redact' && mask.with === undefined;
    return [
      {
        name: column.name,
        sql: isNull ? maskSql(value, mask, column.type) : whileIn(maskSql(value, mask, column.type)),
      },
    ];
  });
  return { problems, maskedColumns, sql: selectWith(scope.input, '*', columns, assignments) };
}

function problemsOf(mask: MaskConfig, { columns, source }: MaskScope): StepProblem[] {
  const wrong = (path: string, code: string, message: string, value: string | null, fix: string): StepProblem[] => [
    { path, code, message, value, fix },
  ];
  if ((mask.columns === undefined) === (mask.tag === undefined)) {
    const message =
      mask.tag === undefined ? 'The step names neither columns nor a tag' : 'The step names both columns and a tag';
    return wrong('mask', 'mask-columns', message, null, 'Write columns: [...] or tag: ..., one of them.');
  }
  if (mask.columns !== undefined) {
    if (mask.except.length > 0) {
      return wrong(
        'mask.except',
        'mask-columns',
        'except goes with tag alone',
        null,
        'Leave the columns out of columns.',
      );
    }
    return missingColumns(columns, mask.columns, 'mask.columns');
  }
  const tag = mask.tag ?? '';
  if (taggedColumns(source, tag).size === 0) {
    const fix = `Declare it: source: { columns: { email: { type: string, tags: [${tag}] } } }.`;
    return wrong('mask.tag', 'unknown-tag', `No column of the source has the tag '${tag}'`, tag, fix);
  }
  return missingColumns(columns, mask.except, 'mask.except');
}
