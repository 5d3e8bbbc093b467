import type { CheckConfig } from '../../config/schema/check';
import type { CheckFigures, CheckResult } from '../../model/check-result';
import type { Column } from '../../model/column';
import { durationMs } from '../../model/duration';
import { compareDecimals, exactDecimal } from '../../model/exact-decimal';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import { findColumn } from '../transform/find-column';
import { normalType } from '../transform/strict-cast';
import { exceeds, share } from '../validate/threshold';
import { type AggregateValues, numberOf } from './aggregate';
import { KEYS } from './dataset-aggregates';
import { countOf, meanOf, steady } from './metric-value';
import { shown, shownAge } from './shown';

/** What checks on the slice are judged by. */
export interface DatasetFacts {
  readonly values: AggregateValues;
  /** Rows that would be loaded. */
  readonly rows: number;
  /** Columns after the transform; null when there was no partition. */
  readonly columns: readonly Column[] | null;
  /** ISO 8601, UTC. */
  readonly runStartedAt: string;
}

interface Finding {
  readonly wrong: boolean;
  readonly evaluated: number;
  /** Rows at fault where the check counts them. */
  readonly failures?: number;
  readonly text: string;
  readonly figures: CheckFigures;
}

/** The verdict of a check on the slice, the anomaly check apart. */
export function judgeDatasetCheck(check: CheckDefinition, facts: DatasetFacts): CheckResult {
  const { wrong, evaluated, failures, text, figures } = finding(check.config, facts);
  return {
    name: check.name,
    kind: check.kind,
    columns: check.columns,
    severity: check.severity,
    evaluated,
    failures: failures ?? (wrong ? 1 : 0),
    status: !wrong ? 'passed' : check.severity === 'fail' ? 'failed' : 'warned',
    message: `${check.name}: ${text}.`,
    figures,
  };
}

function finding(config: CheckConfig, facts: DatasetFacts): Finding {
  const { values } = facts;
  const known = (column: string): number => countOf(values, KEYS.known(column));
  if ('rowCount' in config) return between(facts.rows, config.rowCount, facts.rows, 'rows to load');
  if ('distinctCount' in config) {
    const { column } = config.distinctCount;
    const distinct = countOf(values, KEYS.distinct(column));
    return between(distinct, config.distinctCount, known(column), 'different values');
  }
  if ('mean' in config) {
    const { column } = config.mean;
    return between(meanOf(values, column), config.mean, known(column), 'is the mean');
  }
  if ('quantile' in config) {
    const { column, q } = config.quantile;
    const found = values[KEYS.quantile(column, q)] ?? null;
    return between(found === null ? null : numberOf(found), config.quantile, known(column), `is the ${q} quantile`);
  }
  if ('sum' in config) return sumFinding(config.sum, values);
  if ('freshness' in config) return freshnessFinding(config.freshness, facts);
  if ('nullRate' in config) return nullFinding(config.nullRate, values);
  if ('duplicates' in config) return duplicatesFinding(config.duplicates, values);
  if ('schema' in config) return schemaFinding(config.schema, facts);
  throw new RangeError('A check on rows was judged as one on the slice');
}

type Bounds = { readonly min?: number | string | undefined; readonly max?: number | string | undefined };

/** A number between two bounds, both allowed. Without values there is nothing to judge; NaN is between nothing. */
function between(value: number | null, bounds: Bounds, evaluated: number, what: string): Finding {
  const figures = { value: finite(value), ...boundFigures(bounds) };
  if (value === null) return { wrong: false, evaluated, text: 'there are no values to judge', figures };
  const { min, max } = bounds;
  const fits =
    !Number.isNaN(value) && (min === undefined || value >= Number(min)) && (max === undefined || value <= Number(max));
  return { wrong: !fits, evaluated, text: `${shown(value)} ${what}, ${wanted(bounds)} wanted`, figures };
}

/** JSON knows no NaN and no infinity. */
function finite(value: number | null): number | string | null {
  return value === null || Number.isFinite(value) ? value : String(value);
}

function boundFigures({ min, max }: Bounds): CheckFigures {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function wanted({ min, max }: Bounds): string {
  const bounds = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return bounds.join(' and ');
}

function sumFinding(config: { readonly column: string } & Bounds, values: AggregateValues): Finding {
  const evaluated = countOf(values, KEYS.known(config.column));
  const near = values[KEYS.nearSum(config.column)] ?? null;
  // No bound holds what is not finite.
  if (near !== null && !Number.isFinite(numberOf(near))) return between(NaN, config, evaluated, 'is the sum');
  const value = near === null ? (values[KEYS.sum(config.column)] ?? '0') : String(steady(numberOf(near)));
  const sum = exactDecimal(value);
  const { min, max } = config;
  const low = min !== undefined && compareDecimals(sum, exactDecimal(String(min))) < 0;
  const high = max !== undefined && compareDecimals(sum, exactDecimal(String(max))) > 0;
  const figures = { value, ...boundFigures(config) };
  return { wrong: low || high, evaluated, text: `${value} is the sum, ${wanted(config)} wanted`, figures };
}

function freshnessFinding(
  { column, maxAge, timeZone }: { readonly column: string; readonly maxAge: string; readonly timeZone: string },
  { values, rows, runStartedAt }: DatasetFacts,
): Finding {
  const newest = values[KEYS.newest(column, timeZone)] ?? null;
  const later = countOf(values, KEYS.later(column, timeZone));
  const after = later === 0 ? '' : `; values after the start of the run, which do not count: ${later}`;
  if (newest === null) {
    const text = `no value up to the start of the run, at most ${maxAge} old is wanted${after}`;
    return { wrong: true, evaluated: rows, text, figures: { value: null, max: durationMs(maxAge), later } };
  }
  const age = Math.max(0, Date.parse(runStartedAt) - Number(newest));
  const at = new Date(Number(newest)).toISOString();
  const text = `the newest value, ${at}, was ${shownAge(age)} old when the run started, at most ${maxAge} wanted${after}`;
  const figures = { value: age, max: durationMs(maxAge), newest: at, later };
  return { wrong: age > durationMs(maxAge), evaluated: rows, text, figures };
}

function nullFinding(
  { column, max }: { readonly column: string; readonly max: number | string },
  values: AggregateValues,
): Finding {
  const rows = countOf(values, KEYS.rows);
  const nulls = rows - countOf(values, KEYS.known(column));
  return rowsAtFault(nulls, rows, max, 'are null');
}

function duplicatesFinding(
  { columns, max }: { readonly columns: readonly string[]; readonly max: number | string },
  values: AggregateValues,
): Finding {
  const repeated = countOf(values, KEYS.keyed(columns)) - countOf(values, KEYS.keys(columns));
  return rowsAtFault(repeated, countOf(values, KEYS.rows), max, 'repeat a key');
}

function rowsAtFault(failures: number, rows: number, max: number | string, what: string): Finding {
  const text = `${failures} of ${rows} rows (${share(failures, rows)}) ${what}, ${max} allowed`;
  const figures = { value: rows === 0 ? 0 : steady(failures / rows), max };
  return { wrong: exceeds(max, failures, rows), evaluated: rows, failures, text, figures };
}

function schemaFinding(
  {
    columns: expected,
    mode,
  }: { readonly columns: Readonly<Record<string, string>>; readonly mode: 'exact' | 'atLeast' },
  { columns, rows }: DatasetFacts,
): Finding {
  const figures = { value: columns?.length ?? null, expected: Object.keys(expected).length };
  if (columns === null) return { wrong: false, evaluated: rows, text: 'nothing was transformed', figures };
  const faults = Object.entries(expected).flatMap(([name, type]) => {
    const found = findColumn(columns, name);
    if (!found) return [`${name} is missing`];
    return normalType(type) === normalType(found.type) ? [] : [`${name} is ${found.type} and not ${normalType(type)}`];
  });
  const names = new Set(Object.keys(expected).map((name) => name.toLowerCase()));
  const further = mode === 'atLeast' ? [] : columns.filter(({ name }) => !names.has(name.toLowerCase()));
  faults.push(...further.map(({ name, type }) => `${name} (${type}) was not expected`));
  const text = faults.length === 0 ? `all ${names.size} columns are as expected` : faults.join(', ');
  return { wrong: faults.length > 0, evaluated: rows, text, figures: { ...figures, faults: faults.length } };
}
