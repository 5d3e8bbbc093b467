import type { LookupStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { Column, ColumnType } from '../../../model/column';
import { referenceIdOf } from '../../../model/reference-file';
import { findColumn, missingColumn } from '../find-column';
import { HIDDEN, OUT } from '../hidden-columns';
import { setReasons, type Reason } from '../reason-registry';
import { referenceName } from '../reference-name';
import { unbound, type BoundStep, type StepProblem, type StepScope } from '../step-scope';

/**
 * `lookup`: takes columns of another pipeline's published data, or of a reference file, by equal keys. A null key matches nothing. The reference's keys
 * are unique: that is checked before the step runs, or rows would multiply.
 */
export function bindLookup(step: LookupStep, scope: StepScope): BoundStep {
  const { match, take, missing } = step.lookup;
  const from = referenceIdOf(step.lookup.from);
  const reference = scope.references[from] ?? null;
  const problems = [
    ...Object.keys(match).flatMap((ours) => missingColumn(scope.columns, ours, `lookup.match.${ours}`) ?? []),
    ...Object.entries(match).flatMap(
      ([ours, theirs]) => missingColumn(reference, theirs, `lookup.match.${ours}`) ?? [],
    ),
    ...Object.entries(take).flatMap(([ours, theirs]) => missingColumn(reference, theirs, `lookup.take.${ours}`) ?? []),
    ...Object.keys(take).flatMap((ours) => taken(scope.columns, ours)),
    ...(scope.columns && reference ? unlike(match, scope.columns, reference, from) : []),
  ];
  if (Object.keys(match).length === 0 || Object.keys(take).length === 0) {
    const message = 'A lookup needs columns to match and columns to take';
    problems.push({ path: 'lookup', code: 'lookup-empty', message, value: null, fix: 'Name at least one of each.' });
  }
  if (problems.length > 0 || scope.columns === null || reference === null) return unbound(problems);
  const name = `lookup(${from})`;
  const counted = { matched: scope.reasons.note(`${name} matched`), missing: scope.reasons.note(`${name} missing`) };
  const sql = lookupSql(step, scope, scope.columns, reference, missing, counted);
  return { problems, sql, figures: [{ kind: 'lookup', name, from, ...counted }] };
}

function lookupSql(
  step: LookupStep,
  scope: StepScope,
  columns: readonly Column[],
  reference: readonly Column[],
  missing: 'keepNull' | 'quarantine' | 'fail',
  counted: { readonly matched: Reason; readonly missing: Reason },
): string {
  const { match, take } = step.lookup;
  const from = referenceIdOf(step.lookup.from);
  const theirs = (name: string): string => quoteIdentifier(findColumn(reference, name)?.name ?? name);
  const keys = Object.entries(match);
  const right = [
    ...keys.map(([, name], index) => `${theirs(name)} AS _sluice_match_${index}`),
    ...Object.values(take).map((name, index) => `${theirs(name)} AS _sluice_take_${index}`),
  ];
  const on = keys.map(
    ([ours], index) => `l.${quoteIdentifier(findColumn(columns, ours)?.name ?? ours)} = r._sluice_match_${index}`,
  );
  const absent = 'r._sluice_match_0 IS NULL';
  const reason =
    missing === 'keepNull' ? null : scope.reasons.add(`lookup(${from})`, missing === 'fail' ? 'stop' : missing);
  const hidden = [
    ...setReasons([
      { reason: counted.matched, when: 'r._sluice_match_0 IS NOT NULL' },
      { reason: counted.missing, when: absent },
      ...(reason === null ? [] : [{ reason, when: absent }]),
    ]),
    ...(missing === 'quarantine'
      ? [
          `CASE WHEN ${HIDDEN.out} = 0 AND NOT ${HIDDEN.waived} AND ${absent} THEN ${OUT.failedStep} ELSE ${HIDDEN.out} END AS ${HIDDEN.out}`,
        ]
      : []),
  ];
  const star = `l.* REPLACE (\n  ${hidden.join(',\n  ')})`;
  const added = Object.keys(take).map((ours, index) => `r._sluice_take_${index} AS ${quoteIdentifier(ours)}`);
  return (
    `SELECT ${[star, ...added].join(', ')}\nFROM ${scope.input} AS l\n` +
    `LEFT JOIN (SELECT ${right.join(', ')} FROM ${referenceName(from)}) AS r ON ${on.join(' AND ')}`
  );
}

function taken(columns: readonly Column[] | null, name: string): StepProblem[] {
  if (columns === null || !findColumn(columns, name)) return [];
  return [
    {
      path: `lookup.take.${name}`,
      code: 'duplicate-column',
      message: `There is a column '${name}' already`,
      value: name,
      fix: 'Take it under another name, or drop the present one first.',
    },
  ];
}

function unlike(
  match: Readonly<Record<string, string>>,
  columns: readonly Column[],
  reference: readonly Column[],
  from: string,
): StepProblem[] {
  return Object.entries(match).flatMap(([ours, theirs]) => {
    const left = findColumn(columns, ours)?.type;
    const right = findColumn(reference, theirs)?.type;
    if (left === undefined || right === undefined || comparable(left, right)) return [];
    return [
      {
        path: `lookup.match.${ours}`,
        code: 'types-differ',
        message: `'${ours}' is a ${left} and '${theirs}' of ${from} is a ${right}`,
        value: ours,
        fix: 'Cast the column before the lookup.',
      },
    ];
  });
}

/** Whether values of two types may be compared without a hidden cast that could fail. */
export function comparable(left: ColumnType, right: ColumnType): boolean {
  const kind = (type: ColumnType): string => (/^(integer|bigint|double|decimal)/.test(type) ? 'number' : type);
  return kind(left) === kind(right);
}
