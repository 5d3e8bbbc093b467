import { ALERT_SEVERITIES, worstOf, type Alert } from '../model/alert';
import type { AlertGroup, AlertMessage, MessageItem } from '../model/alert-group';

/** Alerts that one message shows. */
const SHOWN = 10;

/** What is known beyond the alerts. */
export interface MessageContext {
  readonly about: AlertMessage['about'];
  readonly environment: string;
  /** Address of the app, without a slash at its end; null where nobody knows. */
  readonly publicUrl: string | null;
  readonly acknowledgeUrl: string | null;
  readonly done: readonly string[];
  readonly again: boolean;
}

/** Says what happened, in which state the data is, what to do, and where to look; the worst first. */
export function alertMessage(
  group: Pick<AlertGroup, 'id' | 'joined' | 'storm'>,
  alerts: readonly Alert[],
  { about, environment, publicUrl, acknowledgeUrl, done, again }: MessageContext,
): AlertMessage {
  const rank = ({ severity }: Alert): number => ALERT_SEVERITIES.indexOf(severity);
  const sorted = alerts.toSorted(
    (a, b) =>
      Number(a.state === 'resolved') - Number(b.state === 'resolved') ||
      rank(b) - rank(a) ||
      (a.firstAt < b.firstAt ? -1 : 1),
  );
  const items = sorted.slice(0, SHOWN).map((alert) => itemOf(alert, publicUrl));
  const total = Math.max(group.joined, alerts.length);
  return {
    about,
    group: group.id,
    environment,
    severity: worstOf(alerts.map(({ severity }) => severity)),
    title: titleOf(about, sorted, total, group.storm),
    items,
    more: total - items.length,
    done,
    alertUrl: publicUrl === null || items[0] === undefined ? null : onPage(publicUrl, 'alerts', items[0].id),
    acknowledgeUrl: about === 'resolved' ? null : acknowledgeUrl,
    again,
  };
}

function titleOf(about: AlertMessage['about'], sorted: readonly Alert[], total: number, storm: boolean): string {
  const [first] = sorted;
  if (first === undefined) return 'An alert';
  const others = total > 1 ? ` and ${total - 1} more` : '';
  const names = new Set(sorted.map(({ pipeline }) => pipeline ?? 'the app')).size;
  const title = storm ? `${total} alerts of ${names} pipelines at once` : `${first.title}${others}`;
  switch (about) {
    case 'resolved':
      return `Resolved: ${title}`;
    case 'reminder':
      return `Still open: ${title}`;
    case 'more':
      return `More: ${title}`;
    case 'raised':
    case 'test':
      return title;
  }
}

function itemOf(alert: Alert, publicUrl: string | null): MessageItem {
  const { id, severity, state, title, what, data, todo, firstAt, count, runId, runbook, resolved } = alert;
  return {
    id,
    severity,
    state,
    title,
    what: resolved === null ? what : `${what} Resolved at ${resolved.at} by ${resolved.by}: ${resolved.reason}.`,
    data,
    todo,
    since: firstAt,
    count,
    runUrl: publicUrl === null || runId === null ? null : onPage(publicUrl, 'runs', runId),
    runbookUrl: publicUrl === null || runbook === null ? null : onPage(publicUrl, 'runbooks', codeOf(runbook)),
  };
}

/** The address of something on the operators' page: whoever is told reads there, and signs in there where the app wants it. */
function onPage(publicUrl: string, view: 'alerts' | 'runs' | 'runbooks', name: string): string {
  return `${publicUrl}/api/dashboard#/${view}/${encodeURIComponent(name)}`;
}

/** `docs/runbooks/target-missing.md` is the page of `target-missing`. */
function codeOf(runbook: string): string {
  return runbook.replace(/^.*\//, '').replace(/\.md$/, '');
}
