import { z } from 'zod';
import type { ChainedEntry } from '../../state/audit/chained-entry';
import { verifyAudit } from '../audit/verify-audit';
import type { Route } from './handle';
import { readQuery } from './read-request';

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'write a day as 2026-01-31');
export const auditQuery = z.strictObject({
  day: day.optional().describe('The day of the chain, in UTC; today unless given.'),
  action: z.string().min(1).max(100).optional().describe('Only entries of this action, such as `run-started`.'),
  by: z.string().min(1).max(300).optional().describe('Only what this caller did.'),
  subject: z.string().min(1).max(300).optional().describe('Only what was done to this run, pipeline or batch.'),
  order: z.enum(['newest', 'oldest']).default('newest'),
  after: z.coerce.number().int().min(0).optional().describe('Where the page before ended: its `continuation`.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export const verificationQuery = z.strictObject({ from: day.optional(), to: day.optional() });

/** Entries that one request looks at: with a filter a page may be short. */
const MOST_LOOKED_AT = 5000;

/** `GET /api/audit`: entries of a day with their places and hashes, so that whoever reads them can follow the chain. */
export const listAudit: Route = async ({ stores, clock }, request) => {
  const query = readQuery(request, auditQuery);
  const of = query.day ?? clock.now().slice(0, 10);
  const end = await stores.trail.end(of);
  if (end === null) return { jsonBody: { day: of, end: null, entries: [], continuation: null } };
  const wanted = ({ entry }: ChainedEntry): boolean =>
    (query.action === undefined || entry.action === query.action) &&
    (query.by === undefined || entry.by === query.by) &&
    (query.subject === undefined || entry.subject === query.subject);
  const oldest = query.order === 'oldest';
  const [after, to] = oldest
    ? [query.after ?? 0, Math.min(end.sequence, (query.after ?? 0) + MOST_LOOKED_AT)]
    : [Math.max(0, (query.after ?? end.sequence + 1) - 1 - MOST_LOOKED_AT), (query.after ?? end.sequence + 1) - 1];
  const looked: ChainedEntry[] = [];
  for await (const { found } of stores.trail.entries(of, { after, to })) if (found !== null) looked.push(found);
  if (!oldest) looked.reverse();
  const matching = looked.filter(wanted);
  const entries = matching.slice(0, query.limit);
  const more = oldest ? to < end.sequence : after > 0;
  const stoppedAt =
    matching.length > entries.length ? (entries.at(-1)?.sequence ?? null) : more ? (oldest ? to : after + 1) : null;
  return { jsonBody: { day: of, end, entries, continuation: stoppedAt } };
};

/** `GET /api/audit/days`: the days that have a chain, where each ends, and how far it is copied. */
export const listAuditDays: Route = async ({ stores }) => {
  const days = await Promise.all(
    (await stores.trail.days()).slice(-400).map(async (each) => ({
      day: each,
      end: await stores.trail.end(each),
      copiedUpTo: (await stores.auditCopy.last(each))?.sequence ?? 0,
    })),
  );
  return { jsonBody: { days } };
};

/** `GET /api/audit/verification`: whether anything is missing or was changed, day after day, and against the copy. 200 also when something is. */
export const verification: Route = async ({ stores, log }, request) => {
  const { from, to } = readQuery(request, verificationQuery);
  const verified = await verifyAudit(
    { stores },
    { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
  );
  const [first] = verified.findings;
  if (first !== undefined) log.error('audit-chain-broken', { ...first, findings: verified.findings.length });
  return { jsonBody: verified };
};
