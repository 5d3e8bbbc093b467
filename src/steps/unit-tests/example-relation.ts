import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { PipelineConfig } from '../../config/schema/pipeline';
import type { Column, ColumnType } from '../../model/column';
import { declaredColumns } from '../../model/declared-columns';
import { normalType } from '../transform/strict-cast';
import type { ExampleRow } from './unit-test-result';

/** SQL of a relation that holds the rows of an example, in their order; values go through text, as they would from a file. */
export function exampleRelation(rows: readonly ExampleRow[], columns: readonly Column[]): string {
  const selects = rows.map((row) => {
    const values = columns.map((column) => {
      const value = row[column.name] ?? null;
      const text = value === null ? 'NULL' : quoteLiteral(String(value));
      return `CAST(${text} AS ${duckdbType(column.type)}) AS ${quoteIdentifier(column.name)}`;
    });
    return `SELECT ${values.join(', ') || 'NULL AS nothing'}`;
  });
  const none = `SELECT ${columns.map((column) => `NULL::${duckdbType(column.type)} AS ${quoteIdentifier(column.name)}`).join(', ')}`;
  return rows.length > 0 ? selects.join(' UNION ALL ') : `${none} WHERE false`;
}

/** The columns that an example's rows have: those declared by the source first, then what the rows name besides. */
export function exampleColumns({ source }: Pick<PipelineConfig, 'source'>, rows: readonly ExampleRow[]): Column[] {
  const text = isText(source);
  const declared = declaredColumns(source).map(({ name, type }) => ({
    name,
    type: text ? ('string' as const) : normalType(type),
    nullable: true,
  }));
  const known = new Set(declared.map((column) => column.name));
  const others = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !known.has(name));
  return [
    ...declared,
    ...others.map((name) => ({ name, type: text ? ('string' as const) : typeOf(rows, name), nullable: true })),
  ];
}

/** Rows as the reader of the source would give them: a text format has tokens that mean null, and its empty field is null. */
export function asRead({ source }: Pick<PipelineConfig, 'source'>, rows: readonly ExampleRow[]): ExampleRow[] {
  const format = source.format;
  if (format?.type !== 'csv' && !/\.csv(\.gz|\.zst)?$/i.test(source.files ?? '')) return [...rows];
  const nulls = new Set(['', ...(format?.type === 'csv' ? format.nullTokens : [])]);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'string' && nulls.has(value) ? null : value]),
    ),
  );
}

/** The narrowest type that holds every value that the rows have under a name. */
export function typeOf(rows: readonly ExampleRow[], name: string): ColumnType {
  const values = rows.map((row) => row[name] ?? null).filter((value) => value !== null);
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return 'boolean';
  if (values.length > 0 && values.every((value) => Number.isInteger(value))) return 'bigint';
  return values.length > 0 && values.every((value) => typeof value === 'number') ? 'double' : 'string';
}

function isText(source: PipelineConfig['source']): boolean {
  if (source.files === undefined) return source.request !== undefined;
  return source.format === undefined ? !/\.parquet$/i.test(source.files) : source.format.type !== 'parquet';
}
