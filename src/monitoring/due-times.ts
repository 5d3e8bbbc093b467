import { Cron } from 'croner';
import type { DoneBy } from '../config/schema/sla';

/** A time of day on the wall of a time zone, on some days. */
export type WallTime = Pick<DoneBy, 'at' | 'timeZone' | 'days'>;

/** Days of the week as cron counts them. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** An absence of a month is looked back upon day by day; of a longer one, only its last month. */
const MOST = 31;

/**
 * The due times after one moment up to another, oldest first and at most 31, each with the one before it. Milliseconds since 1970. In the hour
 * that a change of clocks leaves out, it is due at the first moment after it; in the hour that comes twice, once.
 */
export function dueBetween(doneBy: WallTime, afterMs: number, upToMs: number): { at: number; previous: number }[] {
  const cron = cronOf(doneBy);
  const due: { at: number; previous: number }[] = [];
  // Exclusive and in whole seconds: a second more, so that a time due right now counts.
  let [at] = cron.previousRuns(1, new Date(upToMs + 1000));
  if (at !== undefined && at.getTime() > upToMs) [at] = cron.previousRuns(1, at);
  while (at !== undefined && at.getTime() > afterMs && due.length < MOST) {
    const [previous] = cron.previousRuns(1, at);
    due.unshift({ at: at.getTime(), previous: previous?.getTime() ?? at.getTime() - 7 * 86_400_000 });
    at = previous;
  }
  return due;
}

/** The next due time after a moment, and the one before it. */
export function nextDue(doneBy: WallTime, afterMs: number): { at: number; previous: number } {
  const cron = cronOf(doneBy);
  const next = cron.nextRun(new Date(afterMs));
  if (next === null) throw new RangeError(`${doneBy.at} is never due.`);
  const [previous] = cron.previousRuns(1, next);
  return { at: next.getTime(), previous: previous?.getTime() ?? next.getTime() - 7 * 86_400_000 };
}

/** The last time up to a moment, that moment included; null where there was none. */
export function lastDue(time: WallTime, upToMs: number): number | null {
  const cron = cronOf(time);
  // Exclusive and in whole seconds: a second more, so that a time due right now counts.
  let [last] = cron.previousRuns(1, new Date(upToMs + 1000));
  if (last !== undefined && last.getTime() > upToMs) [last] = cron.previousRuns(1, last);
  return last?.getTime() ?? null;
}

function cronOf({ at, timeZone, days }: WallTime): Cron {
  const [hour, minute] = at.split(':').map(Number);
  const on = days === undefined ? '*' : days.map((day) => DAYS.indexOf(day)).join(',');
  return new Cron(`${minute ?? 0} ${hour ?? 0} * * ${on}`, {
    paused: true,
    timezone: timeZone,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
  });
}
