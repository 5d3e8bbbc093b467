import type { Schedule } from './ncrontab';

/** What is remembered of a timer between runs and restarts of the host. */
export interface TimerStatus {
  /** Undefined before the first run. */
  readonly last: Date | undefined;
  readonly next: Date | undefined;
  readonly lastUpdated: Date | undefined;
}

/** What a start of the host finds. */
export interface PastDueCheck {
  /** What to remember from now on; undefined where what is stored stays as it is. */
  readonly store: TimerStatus | undefined;
  /** An occurrence was missed while no host ran. */
  readonly isPastDue: boolean;
}

/**
 * Compares the stored status with the schedule at the start of the host, as the timers extension does: a timer without a
 * status gets one, a changed schedule counts from now, and a time that has gone by is past due.
 * https://github.com/Azure/azure-webjobs-sdk-extensions/blob/dev/src/WebJobs.Extensions/Extensions/Timers/Scheduling/ScheduleMonitor.cs
 */
export function checkPastDue(stored: TimerStatus | undefined, schedule: Schedule, now: Date): PastDueCheck {
  if (stored === undefined) {
    return { store: { last: undefined, next: schedule.next(now), lastUpdated: now }, isPastDue: false };
  }
  const expected = schedule.next(stored.last ?? stored.lastUpdated ?? now);
  if (stored.next?.getTime() === expected?.getTime())
    return { store: undefined, isPastDue: isBefore(stored.next, now) };
  const next = isBefore(expected, now) ? schedule.next(now) : expected;
  return { store: { last: undefined, next, lastUpdated: now }, isPastDue: false };
}

/** The status after a run that began at `began`, which may be a little before its time. */
export function afterRun(status: TimerStatus, schedule: Schedule, began: Date): TimerStatus {
  const ahead = (status.next?.getTime() ?? 0) - began.getTime();
  const last = status.next !== undefined && ahead > 0 && ahead < 1000 ? status.next : began;
  return { last, next: schedule.next(last), lastUpdated: last };
}

/** The trigger's input, in the spelling of the real host. */
export function timerInfo(status: TimerStatus | undefined, isPastDue: boolean): object {
  return {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status === undefined ? null : toStored(status),
    IsPastDue: isPastDue,
  };
}

/** The form in which a status is stored. */
export interface StoredTimerStatus {
  readonly Last: string;
  readonly Next: string;
  readonly LastUpdated: string;
}

const NEVER = '0001-01-01T00:00:00+00:00';

/** Times as .NET writes them: without a fraction where there is none, with an offset. */
export function toStored({ last, next, lastUpdated }: TimerStatus): StoredTimerStatus {
  const text = (time: Date | undefined): string => time?.toISOString().replace(/(\.000)?Z$/, '+00:00') ?? NEVER;
  return { Last: text(last), Next: text(next), LastUpdated: text(lastUpdated) };
}

/** The inverse of `toStored`; a time that cannot be read counts as absent. */
export function fromStored({ Last, Next, LastUpdated }: StoredTimerStatus): TimerStatus {
  const time = (text: string): Date | undefined => {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) || date.getUTCFullYear() === 1 ? undefined : date;
  };
  return { last: time(Last), next: time(Next), lastUpdated: time(LastUpdated) };
}

function isBefore(time: Date | undefined, other: Date): boolean {
  return time !== undefined && time.getTime() < other.getTime();
}
