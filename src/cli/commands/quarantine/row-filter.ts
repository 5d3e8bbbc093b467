import { UsageError } from '../../usage-error';

const text = { type: 'string' } as const;

/** Flags that choose rows of a batch. */
export const FILTER_FLAGS = {
  failed: text,
  state: text,
  column: text,
  value: text,
  null: { type: 'boolean', default: false },
} as const;

export const FILTER_FLAGS_HELP = `      --failed <reason>      rows with this reason, as list and show name it
      --state <state>        open, decided, discarded, releasing or released
      --column <name>        with --value <text>, or --null: rows with that value in a column`;

export interface FilterFlags {
  readonly failed?: string | undefined;
  readonly state?: string | undefined;
  readonly column?: string | undefined;
  readonly value?: string | undefined;
  readonly null: boolean;
}

/** A filter as the API takes it; null when no flag names one. */
export interface ApiFilter {
  readonly reason?: string;
  readonly state?: string;
  readonly column?: string;
  readonly value?: string | null;
}

/** Reads the flags; throws `UsageError` where a column and its value do not go together. */
export function filterOfFlags({ failed, state, column, value, null: isNull }: FilterFlags): ApiFilter | null {
  const hasValue = value !== undefined || isNull;
  if (value !== undefined && isNull) throw new UsageError('give --value or --null, not both');
  if (column === undefined && hasValue) throw new UsageError('name the column that has the value: --column <name>');
  if (column !== undefined && !hasValue) throw new UsageError(`say what '${column}' holds: --value <text>, or --null`);
  const filter = {
    ...(failed !== undefined && { reason: failed }),
    ...(state !== undefined && { state }),
    ...(column !== undefined && { column, value: value ?? null }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}
