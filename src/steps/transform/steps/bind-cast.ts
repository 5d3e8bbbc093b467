import type { CastStep } from '../../../config/schema/transform';
import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { Column } from '../../../model/column';
import { findColumn, missingColumn } from '../find-column';
import { HIDDEN, OUT } from '../hidden-columns';
import { setReasons, type Reason } from '../reason-registry';
import { selectWith, type Assignment } from '../select-sql';
import { unbound, type BoundStep, type StepProblem, type StepScope } from '../step-scope';
import { castReason, castSpecOf, castSql, type CastSpec } from '../strict-cast';

/** What a failed cast does to its row. */
export type CastFailure = 'quarantine' | 'null' | 'filter' | 'stop';

/** One column to cast. */
export interface ColumnCast {
  readonly column: string;
  readonly spec: CastSpec;
  readonly onFailure: CastFailure;
  /** Where it stands in the YAML, relative to the step. */
  readonly path: string;
}

/** `cast: { distance: integer }` */
export function bindCast(step: CastStep, scope: StepScope): Promise<BoundStep> {
  const casts = Object.entries(step.cast).map(([column, entry]): ColumnCast => ({
    column,
    spec: castSpecOf(entry as Parameters<typeof castSpecOf>[0]),
    onFailure: typeof entry === 'string' ? 'quarantine' : entry.onFailure,
    path: `cast.${column}`,
  }));
  return bindCasts(casts, scope);
}

/**
 * Casts columns: the casts are made once in an inner SELECT, beside the old values; the outer one puts them in place and gives
 * the rows that fail their reasons.
 */
export async function bindCasts(casts: readonly ColumnCast[], scope: StepScope): Promise<BoundStep> {
  const { columns } = scope;
  const problems = casts.flatMap((cast) => castProblems(cast, columns));
  for (const cast of casts) problems.push(...(await zoneProblems(cast, scope)));
  if (problems.length > 0 || columns === null) return unbound(problems);
  const inner: string[] = [];
  const assignments: Assignment[] = [];
  const failures: { reason: Reason; when: string }[] = [];
  const filters: string[] = [];
  casts.forEach(({ column, spec, onFailure }, index) => {
    const present = findColumn(columns, column);
    const old = quoteIdentifier(present?.name ?? column);
    const made = `_sluice_cast_${index}`;
    inner.push(
      `CAST(${castSql(old, present?.type ?? 'string', spec) ?? 'NULL'} AS ${duckdbType(spec.type)}) AS ${made}`,
    );
    assignments.push({ name: column, sql: made });
    const when = `${old} IS NOT NULL AND ${made} IS NULL`;
    if (onFailure === 'filter') filters.push(when);
    if (onFailure === 'quarantine' || onFailure === 'stop') {
      const name = castReason({ name: present?.name ?? column }, spec.type);
      failures.push({ reason: scope.reasons.add(name, onFailure === 'stop' ? 'stop' : 'quarantine'), when });
    }
  });
  const outcome = takeOut(
    failures.map(({ when }) => when),
    filters,
  );
  const from = `(SELECT *,\n  ${inner.join(',\n  ')}\nFROM ${scope.input})`;
  const star = `* EXCLUDE (${casts.map((_, index) => `_sluice_cast_${index}`).join(', ')})`;
  return { problems: [], sql: selectWith(from, star, columns, assignments, [...setReasons(failures), ...outcome]) };
}

function takeOut(failures: readonly string[], filters: readonly string[]): string[] {
  const cases = [
    ...(failures.length > 0 ? [`WHEN ${failures.map((when) => `(${when})`).join(' OR ')} THEN ${OUT.failedStep}`] : []),
    ...(filters.length > 0 ? [`WHEN ${filters.map((when) => `(${when})`).join(' OR ')} THEN ${OUT.filtered}`] : []),
  ];
  if (cases.length === 0) return [];
  return [`CASE WHEN ${HIDDEN.out} <> 0 THEN ${HIDDEN.out} ${cases.join(' ')} ELSE ${HIDDEN.out} END AS ${HIDDEN.out}`];
}

function castProblems({ column, spec, path }: ColumnCast, columns: readonly Column[] | null): StepProblem[] {
  try {
    duckdbType(spec.type);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path, code: 'unknown-type', message, value: spec.type, fix: 'Write decimal(12,2), for example.' }];
  }
  const missing = missingColumn(columns, column, path);
  if (missing || columns === null) return missing ? [missing] : [];
  const from = findColumn(columns, column)?.type ?? 'string';
  if (castSql('x', from, spec) !== null) return [];
  return [
    {
      path,
      code: 'cast-not-possible',
      message: `A ${from} cannot become a ${spec.type}`,
      value: column,
      fix: 'Derive the column with an expression that says how.',
    },
  ];
}

async function zoneProblems({ spec, path }: ColumnCast, scope: StepScope): Promise<StepProblem[]> {
  if (spec.timeZone === undefined) return [];
  const [zone] = await scope.session.rows(`SELECT 1 AS found FROM pg_timezone_names() WHERE lower(name) = lower($1)`, [
    spec.timeZone,
  ]);
  if (zone) return [];
  const message = `'${spec.timeZone}' is no time zone`;
  return [
    {
      path: `${path}.timeZone`,
      code: 'unknown-time-zone',
      message,
      value: spec.timeZone,
      fix: 'Write an IANA name, such as Europe/Berlin.',
    },
  ];
}
