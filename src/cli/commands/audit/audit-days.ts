import type { ChainedEntry, ChainEnd } from '../../../state/audit/chained-entry';
import type { FoundEntry } from '../../../state/audit/verify-chain';
import type { ApiClient } from '../../api-client';
import { UsageError } from '../../usage-error';

/** A day of the audit trail of a running app. */
export interface AuditDay {
  readonly day: string;
  readonly end: ChainEnd & { readonly next: string | null };
}
export interface AuditPage {
  readonly day: string;
  readonly entries: readonly ChainedEntry[];
  readonly continuation: number | null;
}

/** Days of an app, oldest first. */
export async function daysOf(
  api: ApiClient,
  { from = '', to = '9999' }: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<readonly AuditDay[]> {
  const { days } = await api.request<{ days: readonly AuditDay[] }>('GET', '/audit/days');
  return days.filter(({ day }) => day >= from && day <= to);
}

/** All entries of a day up to an end that is known, oldest first. */
export async function* entriesOf(api: ApiClient, { day, end }: AuditDay): AsyncGenerator<FoundEntry> {
  for (let after: number | null = 0; after !== null;) {
    const query = new URLSearchParams({ day, order: 'oldest', limit: '1000', after: String(after) });
    const page: AuditPage = await api.request<AuditPage>('GET', `/audit?${query.toString()}`);
    for (const found of page.entries) if (found.sequence <= end.sequence) yield { place: found.sequence, found };
    after = page.continuation !== null && page.continuation < end.sequence ? page.continuation : null;
  }
}

/** Reads a flag that is a day. @throws {UsageError} */
export function dayFlag(value: string | undefined, flag: string): string | undefined {
  if (value === undefined || /^\d{4}-\d\d-\d\d$/.test(value)) return value;
  throw new UsageError(`${flag} takes a day such as 2026-01-31, not '${value}'`);
}
