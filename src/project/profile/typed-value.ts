import { duckdbType } from '../../engine/duckdb-type';
import { quoteLiteral } from '../../engine/quote-literal';
import type { Reading } from './profile-types';

/** SQL of what a text stands for, by a reading; null where it is none. */
export function typedValue(text: string, { type, formats, decimalMark, thousandsMark, strip = [] }: Reading): string {
  const target = duckdbType(type);
  if (formats !== undefined) {
    const parsed = `try_strptime(${text}, [${formats.map(quoteLiteral).join(', ')}])`;
    return `TRY_CAST(${parsed} AS ${target})`;
  }
  let bare = text;
  for (const mark of strip) bare = `replace(${bare}, ${quoteLiteral(mark)}, '')`;
  if (thousandsMark !== undefined) bare = `replace(${bare}, ${quoteLiteral(thousandsMark)}, '')`;
  if (decimalMark !== undefined) bare = `replace(${bare}, ',', '.')`;
  return type === 'string' ? text : `TRY_CAST(trim(${bare}) AS ${target})`;
}
