import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import type { Column } from '../../../model/column';
import { referenceIdOf } from '../../../model/reference-file';
import { findColumn } from '../find-column';
import { referenceName } from '../reference-name';
import { castSql, normalType, plainCast } from '../strict-cast';
import type { CheckDefinition } from './check-definitions';

/**
 * SQL that is true for the rows that fail a row check. Nulls pass every check but `notNull`; an `expression` fails where it is
 * null, unless the check says otherwise. Null when no row of the column's type could pass.
 */
export function rowCheckCondition(check: CheckDefinition, columns: readonly Column[]): string | null {
  const { config } = check;
  const column = findColumn(columns, check.columns[0] ?? '');
  const value = quoteIdentifier(column?.name ?? '');
  const type = duckdbType(column?.type ?? 'string');
  const constant = (given: string | number | boolean): string => constantSql(given, type);
  if ('notNull' in config) {
    const names = check.columns.map((name) => quoteIdentifier(findColumn(columns, name)?.name ?? name));
    return names.map((name) => `${name} IS NULL`).join(' OR ');
  }
  if ('acceptedValues' in config) {
    return `${value} NOT IN (${config.acceptedValues.values.map(constant).join(', ')})`;
  }
  if ('range' in config) {
    const { min, max } = config.range;
    const bounds = [
      ...(min === undefined ? [] : [`${value} < ${constant(min)}`]),
      ...(max === undefined ? [] : [`${value} > ${constant(max)}`]),
      // DuckDB holds NaN to be the greatest number: without a maximum it would pass.
      ...(column?.type === 'double' ? [`isnan(${value})`] : []),
    ];
    return bounds.join(' OR ');
  }
  if ('length' in config) {
    const { min, max } = config.length;
    const bounds = [
      ...(min === undefined ? [] : [`length(${value}) < ${min}`]),
      ...(max === undefined ? [] : [`length(${value}) > ${max}`]),
    ];
    return bounds.join(' OR ');
  }
  if ('pattern' in config) return `NOT regexp_full_match(${value}, ${quoteLiteral(config.pattern.regex)})`;
  if ('type' in config) {
    const cast = castSql(value, column?.type ?? 'string', plainCast(normalType(config.type.type)));
    return cast === null ? `${value} IS NOT NULL` : `${value} IS NOT NULL AND ${cast} IS NULL`;
  }
  if ('relationships' in config) {
    const field = quoteIdentifier(config.relationships.field);
    const known = `SELECT ${field} FROM ${referenceName(referenceIdOf(config.relationships.to))} WHERE ${field} IS NOT NULL`;
    return `${value} IS NOT NULL AND NOT (${value} IN (${known}))`;
  }
  if ('expression' in config) {
    return config.expression.nullPasses
      ? `(${config.expression.sql}) IS FALSE`
      : `(${config.expression.sql}) IS NOT TRUE`;
  }
  return null;
}

/** A bound as SQL. A number beside numbers stays as written: cast to the column's type, 0.5 would become 1. */
function constantSql(given: string | number | boolean, type: string): string {
  const isNumber =
    /^(INTEGER|BIGINT|DOUBLE|DECIMAL)/.test(type) && /^[+-]?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?$/i.test(String(given));
  return isNumber ? String(given) : `CAST(${quoteLiteral(String(given))} AS ${type})`;
}
