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

/**
 * What is wrong with a value, such as `must be a whole number`; null when nothing is. Null as a value fits every declaration: it is SQL's NULL.
 */
export function parameterFault(parameter: ParameterConfig, value: ParameterValue): string | null {
  const { type, values, min, max } = parameter;
  if (!fitsType(parameter, value)) return `must be ${TYPE_NAMES[type]}`;
  if (value === null) return null;
  if (values !== undefined && !values.includes(value)) return `must be one of ${values.map(String).join(', ')}`;
  // Dates are written so that they sort as texts.
  if (min !== undefined && isOrdered(value, min) && value < min) return `must be at least ${min}`;
  if (max !== undefined && isOrdered(value, max) && value > max) return `must be at most ${max}`;
  return null;
}

function isOrdered(value: ParameterValue, bound: string | number): value is string | number {
  return typeof value === typeof bound;
}

/** What is wrong with a declaration by itself, and where in it; null when nothing is. */
export function declarationFault(
  parameter: ParameterConfig,
): { readonly key: 'values' | 'min' | 'max'; readonly message: string } | null {
  const { type, values = [], min, max } = parameter;
  if (values.some((value) => !fitsType(parameter, value))) {
    return { key: 'values', message: `each value must be ${TYPE_NAMES[type]}` };
  }
  for (const key of ['min', 'max'] as const) {
    const bound = parameter[key];
    if (bound === undefined) continue;
    if (type === 'string' || type === 'boolean') return { key, message: `a parameter of type ${type} has no ${key}` };
    if (!fitsType(parameter, bound)) return { key, message: `must be ${TYPE_NAMES[type]}` };
  }
  if (min !== undefined && max !== undefined && min > max) return { key: 'min', message: `is more than max ${max}` };
  return null;
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
