import { CURRENCIES, STATUSES } from './job';

const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

/** The conditions that a row must meet after its casts, as SQL of DuckDB and PostgreSQL; `c` is the joined customer. */
export function goodSql(matches: (column: string, pattern: string) => string): string {
  return [
    'order_id IS NOT NULL AND customer_id IS NOT NULL AND ordered_at IS NOT NULL AND amount IS NOT NULL',
    'amount BETWEEN 0.01 AND 50000',
    'quantity BETWEEN 1 AND 100',
    `currency IN (${list(CURRENCIES)})`,
    `status IN (${list(STATUSES)})`,
    matches('email', EMAIL),
    `(note IS NULL OR length(note) <= 120)`,
    `ordered_at < TIMESTAMP '2026-01-01 00:00:00'`,
  ].join(' AND ');
}

export const EMAIL = '^[a-z0-9.]+@[a-z0-9.]+$';
/** Derived columns, as SQL of both. */
export const TOTAL = 'amount * quantity';
export const NET_CENTS = 'CAST(amount * 100 AS BIGINT) * (100 - discount)';
export const SIZE_BAND = `CASE WHEN amount * quantity < 1000 THEN 'small' WHEN amount * quantity < 10000 THEN 'medium' ELSE 'large' END`;
