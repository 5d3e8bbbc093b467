import type { ParameterValue } from './parameters';
import type { ParameterConfig } from './schema/pipeline';

/** The types of parameters in words. */
export const TYPE_NAMES = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date such as 2001-12-31',
} as const;

/** Whether a value is of the declared type. Null fits every type: it is SQL's NULL. */
export function fitsType({ type }: ParameterConfig, value: ParameterValue): boolean {
  if (value === null) return true;
  switch (type) {
    case 'string':
      return typeof value === 'string' && !value.includes('\0');
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && isDate(value);
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
