import type { MaskConfig } from '../../config/schema/mask';
import { duckdbType } from '../../engine/duckdb-type';
import { quoteLiteral } from '../../engine/quote-literal';
import type { ColumnType } from '../../model/column';
import { saltName, saltVariable, type SaltKey } from './mask-salts';

const TOKEN_CHARACTERS = 22;

/**
 * SQL of the masked text of a value; null stays null. Salts stand in variables of the session, which `setSalts` fills: the SQL does not
 * hold them, and expressions of users cannot read variables. `type` is that of the value.
 */
export function maskSql(column: string, mask: MaskConfig, type: ColumnType): string {
  const text = `CAST(${column} AS VARCHAR)`;
  switch (mask.method) {
    case 'sha256':
      return `sha256(CAST(getvariable(${variable('salt', mask.salt)}) AS VARCHAR) || ${text})`;
    case 'token':
      return tokenSql(text, mask.salt);
    case 'partial':
      return partialSql(text, mask.keepFirst, mask.keepLast);
    case 'redact':
      return mask.with === undefined
        ? `CAST(NULL AS ${duckdbType(type)})`
        : `CASE WHEN ${column} IS NOT NULL THEN ${quoteLiteral(mask.with)} END`;
  }
}

/** The type of a masked column. */
export function maskedType(mask: MaskConfig, type: ColumnType): ColumnType {
  return mask.method === 'redact' && mask.with === undefined ? type : 'string';
}

/** The beginning, 132 bits, of an HMAC-SHA-256 (RFC 2104) as base64url (RFC 4648), with the padded keys made beforehand. */
function tokenSql(text: string, salt: string): string {
  const key = (which: SaltKey): string => `CAST(getvariable(${variable(which, salt)}) AS BLOB)`;
  const inner = `unhex(sha256(${key('inner')} || encode(${text})))`;
  const code = `to_base64(unhex(sha256(${key('outer')} || ${inner})))`;
  return `left(replace(replace(${code}, '+', '-'), '/', '_'), ${TOKEN_CHARACTERS})`;
}

/** Characters as people see them: a letter with its accents, an emoji of several code points. */
function partialSql(text: string, first: number, last: number): string {
  const length = `length_grapheme(${text})`;
  const kept = first + last;
  const stars = (count: string): string => `repeat('*', ${count})`;
  if (kept === 0) return stars(length);
  const parts = [
    ...(first > 0 ? [`left_grapheme(${text}, ${first})`] : []),
    stars(`${length} - ${kept}`),
    ...(last > 0 ? [`right_grapheme(${text}, ${last})`] : []),
  ];
  return `CASE WHEN ${length} <= ${kept} THEN ${stars(length)} ELSE ${parts.join(' || ')} END`;
}

function variable(which: SaltKey, reference: string): string {
  return quoteLiteral(saltVariable(which, saltName(reference)));
}
