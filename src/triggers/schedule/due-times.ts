import { Cron } from 'croner';
import type { ScheduleConfig } from '../../config/schema/pipeline';

/** A due time that is found later than this was missed: the app was away. In milliseconds. */
export const ON_TIME_MS = 2 * 60_000;
/** How many missed due times `missed: all` makes up for. */
export const MOST_MISSED = 24;

export interface DueTimes {
  /** Due times to start runs for, oldest first; ISO 8601, UTC. */
  readonly starts: readonly string[];
  /** Up to where everything is handled now; null when nothing was due. */
  readonly cursor: string | null;
}

/**
 * The due times after the cursor up to now. Of those that were missed, `all` takes the newest 24, `last` the newest unless
 * one on time follows, `none` takes none. In the hour that a change of clocks leaves out, a fixed time is due at the first
 * moment after it, and in the hour that comes twice it is due once; times that recur (`*`, `/`) are as the clock shows them.
 */
export function dueTimes({ cron, timeZone, missed }: ScheduleConfig, cursor: string, now: string): DueTimes {
  const nowMs = Date.parse(now);
  const cursorMs = Date.parse(cursor);
  const job = new Cron(cron, { paused: true, timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  const next = job.nextRun(new Date(cursorMs));
  if (next === null || next.getTime() > nowMs) return { starts: [], cursor: null };
  const due = newestDue(job, cursorMs, nowMs);
  const latest = due.at(-1);
  if (latest === undefined) return { starts: [], cursor: null };
  const onTime = due.filter((time) => time > nowMs - ON_TIME_MS);
  const late = due.filter((time) => time <= nowMs - ON_TIME_MS);
  const madeUp =
    missed === 'all' ? late.slice(-MOST_MISSED) : missed === 'last' && onTime.length === 0 ? late.slice(-1) : [];
  return { starts: [...madeUp, ...onTime].map(iso), cursor: iso(latest) };
}

/** Oldest first. Walks back from now, so that a long absence costs no more than the times that are taken. */
function newestDue(job: Cron, cursorMs: number, nowMs: number): number[] {
  const due: number[] = [];
  // Exclusive and in whole seconds: a second more, so that a time due right now counts.
  let before = new Date(nowMs + 1000);
  while (due.length < MOST_MISSED + ON_TIME_MS / 60_000 + 1) {
    const [previous] = job.previousRuns(1, before);
    if (previous === undefined || previous.getTime() <= cursorMs) break;
    if (previous.getTime() <= nowMs) due.unshift(previous.getTime());
    before = previous;
  }
  return due;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
