import type { MaintenanceWindow, QuietHours } from '../config/schema/alerts';
import type { AlertSeverity, AlertSubject } from '../model/alert';
import { durationMs } from '../model/duration';
import { lastDue, nextDue } from './due-times';
import { namesPipeline } from './match-alert';

/** Until when nobody is told of it; null where somebody is. Milliseconds since 1970; by the wall clock of the time zone. */
export function heldUntil(quiet: QuietHours | undefined, severity: AlertSeverity, nowMs: number): number | null {
  if (quiet === undefined || quiet.except.includes(severity)) return null;
  const begins = { at: quiet.from, timeZone: quiet.timeZone, days: quiet.days };
  const ends = { at: quiet.to, timeZone: quiet.timeZone, days: undefined };
  const begun = lastDue(begins, nowMs);
  const ended = lastDue(ends, nowMs);
  if (begun === null || (ended !== null && ended > begun)) return null;
  return nextDue(ends, nowMs).at;
}

/** The maintenance window that an alert falls into now, and when it ends; null where there is none. */
export function maintenanceOf(
  windows: readonly MaintenanceWindow[],
  alert: Pick<AlertSubject, 'pipeline'>,
  nowMs: number,
): { readonly reason: string; readonly untilMs: number } | null {
  for (const window of windows) {
    if (window.pipelines !== undefined && !namesPipeline(window.pipelines, alert.pipeline)) continue;
    const untilMs = endOf(window, nowMs);
    if (untilMs !== null && nowMs < untilMs) return { reason: window.reason, untilMs };
  }
  return null;
}

/** When the occurrence that has begun ends; null where none has. */
function endOf({ from, to, every, lasts }: MaintenanceWindow, nowMs: number): number | null {
  if (every !== undefined && lasts !== undefined) {
    const begun = lastDue(every, nowMs);
    return begun === null ? null : begun + durationMs(lasts);
  }
  if (from === undefined || to === undefined || nowMs < Date.parse(from)) return null;
  return Date.parse(to);
}
