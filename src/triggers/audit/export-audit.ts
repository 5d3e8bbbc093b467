import type { ChainedEntry } from '../../state/audit/chained-entry';
import type { TriggerServices } from '../trigger-services';

/** Entries read at a time. */
const PAGE = 2000;
/** Other instances that may export at the same moment before this one leaves it to them. */
const ATTEMPTS = 5;

/** What an export has added. */
export interface AuditExport {
  readonly days: number;
  readonly entries: number;
  /** Days whose chain does not go on where the copy ends: they are copied no further until somebody has looked. */
  readonly broken: readonly string[];
}

/**
 * Copies what is new in the audit trail into the container that lets nobody change it. Every day that is not copied to its end is looked at; repeating it, also on
 * several instances at once, copies nothing twice.
 */
export async function exportAudit(services: Pick<TriggerServices, 'stores' | 'log'>): Promise<AuditExport> {
  const { stores, log } = services;
  const [all, copied] = await Promise.all([stores.trail.days(), stores.auditCopy.days()]);
  const done = { days: 0, entries: 0, broken: [] as string[] };
  // Of those that are copied only the last can have grown: a day begins when the one before it is closed, and that one may have been exported just before.
  const from = copied.at(-2) ?? '';
  for (const day of all.filter((each) => each >= from)) {
    const added = await exportDay(services, day);
    if (added === null) {
      done.broken.push(day);
      log.error('audit-chain-broken', { day, says: 'the audit trail does not go on where its copy ends' });
    } else if (added > 0) {
      done.days += 1;
      done.entries += added;
    }
  }
  log.info('audit-exported', { days: done.days, entries: done.entries, broken: done.broken.length });
  return done;
}

/** Null where the chain does not go on where the copy ends. */
async function exportDay({ stores }: Pick<TriggerServices, 'stores'>, day: string): Promise<number | null> {
  let added = 0;
  let failed = 0;
  let last = await stores.auditCopy.last(day);
  for (;;) {
    const page: ChainedEntry[] = [];
    let previous = last?.hash;
    for await (const { place, found } of stores.trail.entries(day, { after: last?.sequence ?? 0 })) {
      const follows = previous === undefined ? place === 1 : found?.previous === previous;
      if (found === null || !follows) return page.length === 0 ? null : await addBroken(page);
      page.push(found);
      previous = found.hash;
      if (page.length >= PAGE) break;
    }
    if (page.length === 0) return added;
    if (await stores.auditCopy.append(day, last, page)) added += page.length;
    else if ((failed += 1) >= ATTEMPTS) return added;
    last = await stores.auditCopy.last(day);
  }

  /** What still follows is copied; the rest is not. */
  async function addBroken(page: readonly ChainedEntry[]): Promise<null> {
    await stores.auditCopy.append(day, last, page);
    return null;
  }
}
