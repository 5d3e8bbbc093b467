import {
  compareWithCopy,
  verifyDay,
  type AuditVerification,
  type ChainFinding,
  type FoundEntry,
} from '../../state/audit/verify-chain';
import type { ChainedEntry } from '../../state/audit/chained-entry';
import type { TriggerServices } from '../trigger-services';

/** More would be a list that nobody reads. */
const MOST_FINDINGS = 200;

/**
 * Follows the chains of days, from one to the next, and compares them with the copy that nobody can change. A day that only the copy has is gone here.
 * @param span Days, `2026-01-31`, both included; all where absent.
 */
export async function verifyAudit(
  { stores }: Pick<TriggerServices, 'stores'>,
  span: { readonly from?: string; readonly to?: string } = {},
): Promise<AuditVerification> {
  const [here, copies] = await Promise.all([stores.trail.days(), stores.auditCopy.days()]);
  const inSpan = (day: string): boolean => day >= (span.from ?? '') && day <= (span.to ?? '9999');
  const days = [...new Set([...here, ...copies])].sort().filter(inSpan);
  const findings: ChainFinding[] = [];
  let [entries, copied] = [0, 0];
  let before = await endBefore(stores, here, days[0]);
  for (const day of days) {
    // Before the chain: while both are read, the copy never has more.
    const copy: ChainedEntry[] = [];
    for await (const { found } of stores.auditCopy.entries(day)) if (found !== null) copy.push(found);
    const end = await stores.trail.end(day);
    const hashes: (string | undefined)[] = [];
    if (end === null) findings.push({ kind: 'removed', day, sequence: null, message: 'the day is gone' });
    else {
      const rows = stores.trail.entries(day, { to: end.sequence });
      const verified = await verifyDay(day, noting(rows, hashes), before, end);
      findings.push(...verified.findings, ...(await beyondEnd(stores, day, end.sequence)));
      entries += verified.entries;
      before = { day, hash: verified.hash };
    }
    findings.push(...compareWithCopy(day, hashes, copy));
    copied += copy.length;
    if (end !== null && end.next !== null && isOld(end.next, days.at(-1)) && copy.length < end.sequence) {
      const message = `the copy ends at ${copy.length} of ${end.sequence} entries`;
      findings.push({ kind: 'not-copied', day, sequence: copy.length + 1, message });
    }
  }
  return {
    verified: findings.length === 0,
    days: days.length,
    entries,
    copied,
    findings: findings.slice(0, MOST_FINDINGS),
  };
}

/** The end of the day before the first; null where that is the very first day, undefined where its end cannot be told. */
async function endBefore(stores: TriggerServices['stores'], days: readonly string[], first: string | undefined) {
  const before = days.filter((day) => day < (first ?? '')).at(-1);
  if (before === undefined) return null;
  const end = await stores.trail.end(before);
  return end === null ? undefined : { day: before, hash: end.hash };
}

/** Entries that stand behind the end of a day, and were not added since it was read. */
async function beyondEnd(
  stores: TriggerServices['stores'],
  day: string,
  after: number,
): Promise<readonly ChainFinding[]> {
  const places: number[] = [];
  for await (const { place } of stores.trail.entries(day, { after })) places.push(place);
  if (places.length === 0) return [];
  const end = (await stores.trail.end(day))?.sequence ?? after;
  return places
    .filter((place) => place > end)
    .map((place) => ({
      kind: 'inserted',
      day,
      sequence: place,
      message: `the day ends at ${end}, and has entry ${place}`,
    }));
}

/** A day that was closed before the last one began has had its export. */
function isOld(next: string, last: string | undefined): boolean {
  return last !== undefined && next < last;
}

async function* noting(rows: AsyncIterable<FoundEntry>, hashes: (string | undefined)[]): AsyncGenerator<FoundEntry> {
  for await (const row of rows) {
    hashes[row.place - 1] = row.found?.hash;
    yield row;
  }
}
