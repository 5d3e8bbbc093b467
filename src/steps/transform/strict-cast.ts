import { duckdbType } from '../../engine/duckdb-type';
import { quoteLiteral } from '../../engine/quote-literal';
import type { Column, ColumnType } from '../../model/column';

/** How a value is brought to another type. */
export interface CastSpec {
  readonly type: ColumnType;
  readonly formats?: readonly string[] | undefined;
  readonly timeZone?: string | undefined;
  readonly decimalMark: '.' | ',';
  readonly thousandsMark: string;
  readonly strip: readonly string[];
  readonly strict: boolean;
}

/** A strict cast to a type, with nothing further said. */
export function plainCast(type: ColumnType): CastSpec {
  return { type, decimalMark: '.', thousandsMark: '', strip: [], strict: true };
}

/**
 * SQL that brings `value` (SQL of the column's type) to another type: null where it cannot be done. A strict cast loses nothing:
 * texts must be written as the type is (DuckDB's TRY_CAST would take '1.6' for 2, 'yes' for true and '0x1F' for 31), and other
 * values must come back the same. Null when no value of the one type is one of the other.
 */
export function castSql(value: string, from: ColumnType, spec: CastSpec): string | null {
  if (from === 'string') return fromText(value, spec);
  if (spec.type === 'string') return `CAST(${value} AS VARCHAR)`;
  if (from === spec.type) return value;
  if (family(from) !== family(spec.type)) return null;
  if (family(from) === 'temporal') return betweenTimes(value, from, spec);
  if (family(from) === 'other') return null;
  return roundTrip(value, from, spec);
}

function family(type: ColumnType): 'number' | 'temporal' | 'time' | 'other' {
  if (/^(boolean|integer|bigint|double|decimal)/.test(type)) return 'number';
  if (/^(date|timestamp)/.test(type)) return 'temporal';
  return type === 'time' ? 'time' : 'other';
}

function fromText(value: string, spec: CastSpec): string {
  const type = duckdbType(spec.type);
  if (spec.type === 'string') return value;
  if (spec.type === 'binary') return `encode(${value})`;
  const text = spec.strip.reduce((sql, part) => `replace(${sql}, ${quoteLiteral(part)}, '')`, value);
  if (spec.formats !== undefined && spec.formats.length > 0) return fromFormats(text, spec);
  if (spec.type === 'timestamptz' && spec.timeZone !== undefined) return fromLocalTime(text, spec);
  const pattern = textPattern(spec);
  const plain = withPlainMarks(text, spec);
  if (pattern === null || !spec.strict) return `TRY_CAST(${plain} AS ${type})`;
  const cast = `TRY_CAST(${plain} AS ${type})`;
  const matches = `regexp_full_match(trim(${text}), ${quoteLiteral(pattern)})`;
  const usual = isColumn(text) && plain === text ? usualText(text, cast, spec.type) : null;
  return `CASE WHEN ${usual === null ? matches : `${usual} OR ${matches}`} THEN ${cast} END`;
}

/** What is cheap to say twice. */
function isColumn(sql: string): boolean {
  return /^"(?:[^"]|"")*"$/.test(sql);
}

/**
 * Whether a text is just what its value is written as: then it is well formed, and nobody has to match it with a pattern, which takes longer
 * than the cast. Times are asked for their length, since 'infinity' and years of five digits are written as they came too.
 */
function usualText(text: string, cast: string, type: ColumnType): string | null {
  const same = `CAST(${cast} AS VARCHAR) = ${text}`;
  if (type === 'date') return `length(${text}) = 10 AND ${same}`;
  if (type === 'timestamp') return `length(${text}) = 19 AND ${same}`;
  return /^(integer|bigint|decimal)/.test(type) ? same : null;
}

/** Several formats may differ in whether they carry a zone, and DuckDB then gives different types: each is parsed by itself. */
function fromFormats(text: string, spec: CastSpec): string {
  const type = duckdbType(spec.type);
  const parsed = (spec.formats ?? []).map((format) => {
    const moment = `try_strptime(${text}, ${quoteLiteral(format)})`;
    const hasZone = /%[zZ]/.test(format);
    if (spec.type === 'timestamptz' && !hasZone) return `timezone(${quoteLiteral(spec.timeZone ?? 'UTC')}, ${moment})`;
    if (spec.type === 'timestamp' && hasZone) return `timezone('UTC', ${moment})`;
    return moment;
  });
  return `CAST(coalesce(${parsed.map((moment) => `CAST(${moment} AS ${type})`).join(', ')}) AS ${type})`;
}

function fromLocalTime(text: string, spec: CastSpec): string {
  const local = `TRY_CAST(${text} AS TIMESTAMP)`;
  const withZone = quoteLiteral(`.*\\d ?(Z|[+-]\\d{2}(:?\\d{2})?)`);
  const shape = quoteLiteral(textPattern({ ...spec, type: 'timestamp' }) ?? '.*');
  const zoned = castSqlStrictZoned(text);
  return (
    `CASE WHEN regexp_full_match(trim(${text}), ${withZone}) AND length(trim(${text})) > 10 THEN ${zoned} ` +
    `WHEN regexp_full_match(trim(${text}), ${shape}) THEN timezone(${quoteLiteral(spec.timeZone ?? 'UTC')}, ${local}) END`
  );
}

function castSqlStrictZoned(text: string): string {
  const pattern = quoteLiteral(textPattern(plainCast('timestamptz')) ?? '.*');
  return `CASE WHEN regexp_full_match(trim(${text}), ${pattern}) THEN TRY_CAST(${text} AS TIMESTAMP WITH TIME ZONE) END`;
}

function withPlainMarks(text: string, spec: CastSpec): string {
  const without = spec.thousandsMark === '' ? text : `replace(${text}, ${quoteLiteral(spec.thousandsMark)}, '')`;
  return spec.decimalMark === '.' ? without : `replace(${without}, ${quoteLiteral(spec.decimalMark)}, '.')`;
}

const DAY = '\\d{4}-\\d{2}-\\d{2}';
const CLOCK = '\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?';

/** The texts that a type is written as; null where TRY_CAST itself is strict. Spaces around are no part of a value. */
function textPattern(spec: CastSpec): string | null {
  const thousands = escapePattern(spec.thousandsMark);
  const whole = spec.thousandsMark === '' ? '\\d+' : `(\\d{1,3}(${thousands}\\d{3})+|\\d+)`;
  const mark = escapePattern(spec.decimalMark);
  const decimal = /^decimal\(\d+,\s*(\d+)\)$/.exec(spec.type);
  if (decimal)
    return `[+-]?(${whole}(${mark}\\d{0,${decimal[1]}}0*)?|${mark}\\d{1,${Math.max(1, Number(decimal[1]))}}0*)`;
  switch (spec.type) {
    case 'integer':
    case 'bigint':
      return `[+-]?${whole}`;
    case 'double':
      return `[+-]?(${whole}(${mark}\\d*)?|${mark}\\d+)([eE][+-]?\\d+)?`;
    case 'boolean':
      return '(?i:true|false)';
    case 'date':
      return DAY;
    case 'time':
      return CLOCK;
    case 'timestamp':
      return `${DAY}([ T]${CLOCK})?`;
    case 'timestamptz':
      return `${DAY}[ T]${CLOCK} ?(Z|[+-]\\d{2}(:?\\d{2})?)`;
    case 'uuid':
      return '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
    default:
      return null;
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function betweenTimes(value: string, from: ColumnType, spec: CastSpec): string {
  const zone = quoteLiteral(spec.timeZone ?? 'UTC');
  if (spec.type === 'timestamptz') return `timezone(${zone}, CAST(${value} AS TIMESTAMP))`;
  const local = from === 'timestamptz' ? `timezone(${zone}, ${value})` : value;
  const cast = `TRY_CAST(${local} AS ${duckdbType(spec.type)})`;
  return spec.strict && spec.type === 'date' ? `CASE WHEN ${cast} = ${local} THEN ${cast} END` : cast;
}

function roundTrip(value: string, from: ColumnType, spec: CastSpec): string {
  const cast = `TRY_CAST(${value} AS ${duckdbType(spec.type)})`;
  if (!spec.strict) return cast;
  return `CASE WHEN TRY_CAST(${cast} AS ${duckdbType(from)}) = ${value} THEN ${cast} END`;
}

/** The type that a `cast` entry of the YAML means, with all defaults. */
export function castSpecOf(entry: ColumnType | (Partial<CastSpec> & { readonly type: string })): CastSpec {
  if (typeof entry === 'string') return plainCast(normalType(entry));
  return { ...plainCast(normalType(entry.type)), ...entry, type: normalType(entry.type) };
}

/** `decimal(12, 2)` and `decimal(12,2)` are one type. */
export function normalType(type: string): ColumnType {
  return type.replace(/\s+/g, '') as ColumnType;
}

/** The reason of rows whose value cannot be cast. */
export function castReason(column: Pick<Column, 'name'>, type: ColumnType): string {
  return `cast(${column.name} as ${type})`;
}
