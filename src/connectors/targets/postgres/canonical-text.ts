import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { Column, ColumnType } from '../../../model/column';
import { stagingType } from '../../postgres/postgres-type';

/*
 * The canonical text of a value: what PostgreSQL itself prints with DateStyle ISO and TimeZone UTC, which is also what COPY reads. Two
 * exceptions in checksums only: doubles are their 64 bits in hexadecimal, since engines print them differently, and binary values are
 * hexadecimal digits without PostgreSQL's prefix.
 */

/** The engine's expression for the text that COPY reads. */
export function copyText(column: Column): string {
  return column.type === 'binary' ? `'\\x' || lower(hex(${value(column)}))` : engineText(column);
}

/** The engine's expression for the text that goes into checksums. */
export function engineChecksumText(column: Column): string {
  const text = value(column);
  if (column.type === 'double') return `CASE WHEN isnan(${text}) THEN 'nan' ELSE lower(hex(${text}::BIT::BLOB)) END`;
  return column.type === 'binary' ? `lower(hex(${text}))` : engineText(column);
}

/** PostgreSQL's expression for the same text, from any column that holds the type. */
export function postgresChecksumText(column: Column): string {
  const text = `${quoteIdentifier(column.name)}::${stagingType(column.type)}`;
  if (column.type === 'double')
    return `CASE WHEN ${text} = 'NaN' THEN 'nan' ELSE encode(float8send(${text}), 'hex') END`;
  return column.type === 'binary' ? `encode(${text}, 'hex')` : `(${text})::text`;
}

function value({ name, type }: Column): string {
  return `CAST(${quoteIdentifier(name)} AS ${duckdbType(type)})`;
}

function engineText(column: Column): string {
  const text = `CAST(${value(column)} AS VARCHAR)`;
  switch (column.type) {
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      // PostgreSQL writes BC at the end, the engine after the date. Few times are so early, and looking at each text is slow.
      return (
        `CASE WHEN ${value(column)} < CAST('0001-01-03' AS ${duckdbType(column.type)}) ` +
        `THEN regexp_replace(${text}, ' \\(BC\\)(.*)$', '\\1 BC') ELSE ${text} END`
      );
    default:
      return decimalText(column.type, text);
  }
}

/** The engine leaves out the zero before the mark where a decimal has no whole digits: '.05'. */
export function decimalText(type: ColumnType, text: string): string {
  const [precision, scale] = [...type.matchAll(/\d+/g)].map(Number);
  if (!type.startsWith('decimal') || precision !== scale) return text;
  return `regexp_replace(${text}, '^(-?)\\.', '\\10.')`;
}
