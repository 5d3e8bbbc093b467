import type { AlertEvent, AlertKind, AlertSubject } from '../model/alert';

/** Something that is wrong as long as it is there: its alert is resolved when it is gone. */
export type Condition = AlertEvent;

const NOTHING: Omit<AlertSubject, 'kind' | 'severity' | 'title' | 'what' | 'data' | 'todo' | 'runbook'> = {
  pipeline: null,
  runId: null,
  connection: null,
  failureClass: null,
  code: null,
  owner: null,
  tags: {},
};

/** Kinds of alerts that are conditions of the app: what is not seen any more is over. */
export const CONDITION_KINDS: ReadonlySet<AlertKind> = new Set<AlertKind>([
  'breaker-open',
  'memory',
  'temp-disk',
  'slot-wait',
  'queued-runs',
  'secret-expiring',
  'cost',
]);
/** Looked at less often. */
export const QUARANTINE_KINDS: ReadonlySet<AlertKind> = new Set<AlertKind>(['quarantine-age', 'quarantine-backlog']);

export function breakerOpen(connection: string, openedAt: string, reason: string, at: string): Condition {
  return {
    ...NOTHING,
    key: `breaker-open:${connection}`,
    event: openedAt,
    at,
    kind: 'breaker-open',
    severity: 'error',
    connection,
    failureClass: 'infrastructure',
    code: 'breaker-open',
    title: `The breaker of ${connection} is open`,
    what: `Calls of ${connection} failed too often, so that nobody calls it for a while: ${reason}.`,
    data: 'Runs that need it wait or fail; nothing was loaded in part.',
    todo: `Look whether ${connection} answers: sluice connections test ${connection}. The breaker tries by itself.`,
    runbook: 'docs/runbooks/circuit-open.md',
  };
}

export function quarantineOld(
  subject: Pick<AlertSubject, 'pipeline' | 'owner' | 'tags'>,
  { batches, rows, oldest }: { readonly batches: number; readonly rows: number; readonly oldest: string },
  at: string,
): Condition {
  return {
    ...NOTHING,
    ...subject,
    key: `quarantine-age:${subject.pipeline ?? ''}`,
    event: oldest,
    at,
    kind: 'quarantine-age',
    severity: 'warning',
    title: `Rows of ${subject.pipeline ?? ''} wait in quarantine`,
    what: `${rows} rows of ${batches} batches wait for a decision, the oldest since ${oldest}.`,
    data: 'They are not in the target; the others are.',
    todo: 'Decide about them: sluice quarantine list, then approve, retry or discard.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

export function quarantineFull(
  subject: Pick<AlertSubject, 'pipeline' | 'owner' | 'tags'>,
  { rows, bound, newest }: { readonly rows: number; readonly bound: number; readonly newest: string },
  at: string,
): Condition {
  return {
    ...NOTHING,
    ...subject,
    key: `quarantine-backlog:${subject.pipeline ?? ''}`,
    event: newest,
    at,
    kind: 'quarantine-backlog',
    severity: 'warning',
    title: `Many rows of ${subject.pipeline ?? ''} are in quarantine`,
    what: `${rows} rows wait for a decision, more than ${bound}.`,
    data: 'They are not in the target; the others are.',
    todo: 'Look at the reasons: sluice quarantine list. A rule or the source has changed.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

/** A share of memory or disk that is used, from 0 to 1. */
export function resourceShort(
  kind: 'memory' | 'temp-disk',
  used: number,
  limit: number,
  bound: string,
  at: string,
): Condition {
  const what = kind === 'memory' ? 'memory' : 'temporary disk';
  return {
    ...NOTHING,
    key: kind,
    // One event an hour, as long as it lasts.
    event: at.slice(0, 13),
    at,
    kind,
    severity: 'warning',
    title: `An instance is short of ${what}`,
    what: `${mb(used)} of ${mb(limit)} MB of ${what} are used, more than ${bound}.`,
    data: 'No data is concerned; a step that finds no room is tried again.',
    todo:
      kind === 'memory'
        ? 'Lower SLUICE_ENGINE_SLOTS, or take larger instances.'
        : 'Make partitions smaller, or take larger instances.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

/** `connection` is null for the pool of the app. */
export function slotsAwaited(connection: string | null, waiting: number, since: string, at: string): Condition {
  const whose = connection ?? 'the app';
  return {
    ...NOTHING,
    key: connection === null ? 'slot-wait' : `slot-wait:${connection}`,
    event: since,
    at,
    kind: 'slot-wait',
    severity: 'warning',
    connection,
    title: `Runs wait for ${whose}`,
    what: `${waiting} steps wait for a slot of ${whose}; some have waited since ${since}.`,
    data: 'No data is concerned; they go on when it is their turn.',
    todo:
      connection === null
        ? 'GET /api/slots shows who has them. Raise SLUICE_POOL_SLOTS where the instances have room, or spread the runs over the day.'
        : 'Raise maxPartitions of the connection, or spread the runs over the day.',
    runbook: connection === null ? 'docs/runbooks/app-busy.md' : 'docs/runbooks/alerts.md',
  };
}

export function runsQueued(waiting: number, bound: number, at: string): Condition {
  return {
    ...NOTHING,
    key: 'queued-runs',
    event: at.slice(0, 13),
    at,
    kind: 'queued-runs',
    severity: 'warning',
    title: 'Many runs wait to begin',
    what: `${waiting} runs wait to begin, more than ${bound}.`,
    data: 'No data is concerned; they begin when it is their turn.',
    todo: 'Look at the runs that are under way: sluice runs --status InProgress.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

export function secretExpiring(name: string, expiresAt: string, at: string): Condition {
  const isOver = expiresAt <= at;
  return {
    ...NOTHING,
    key: `secret-expiring:${name}`,
    event: isOver ? `${expiresAt}:expired` : expiresAt,
    at,
    kind: 'secret-expiring',
    severity: isOver ? 'error' : 'warning',
    code: name,
    title: `The secret ${name} ${isOver ? 'has expired' : 'expires soon'}`,
    what: `It ${isOver ? 'expired' : 'expires'} at ${expiresAt}.`,
    data: 'Runs that need it fail from then on; nothing is loaded in part.',
    todo: 'Renew it in the key vault; the app takes the new one within minutes.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

/** Over on the next day. */
export function costlyRun(
  subject: Pick<AlertSubject, 'pipeline' | 'owner' | 'tags'>,
  runId: string,
  { cost, bound }: { readonly cost: string; readonly bound: string },
  at: string,
): Condition {
  return {
    ...NOTHING,
    ...subject,
    runId,
    key: `cost:${subject.pipeline ?? ''}`,
    event: runId,
    at,
    kind: 'cost',
    severity: 'warning',
    title: `A run of ${subject.pipeline ?? ''} is costly`,
    what: `It has cost ${cost} today, more than ${bound}.`,
    data: 'No data is concerned.',
    todo: 'Look at what it costs: GET /api/runs/{id}/cost; sluice cost names what could be saved.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

/** Over on the next day. */
export function costlyDay(
  day: string,
  { cost, bound }: { readonly cost: string; readonly bound: string },
  at: string,
): Condition {
  return {
    ...NOTHING,
    key: 'cost:',
    event: day,
    at,
    kind: 'cost',
    severity: 'warning',
    title: 'A day is costly',
    what: `All runs of ${day} have cost ${cost} so far, more than ${bound}.`,
    data: 'No data is concerned.',
    todo: 'sluice cost tells it by pipeline and names what could be saved.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

function mb(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
