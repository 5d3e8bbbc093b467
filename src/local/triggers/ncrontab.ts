import { Cron } from 'croner';
import { HostConfigError } from '../host/host-config-error';

/** When a timer fires. */
export interface Schedule {
  /** The first occurrence after `from`; undefined where there is none any more. */
  next(from: Date): Date | undefined;
  /** True where every gap between occurrences is below a minute: such timers have no stored status. */
  readonly isFrequent: boolean;
}

/** Six fields, or five with the seconds left out; numbers, names, lists, ranges and steps, and no more. */
const NAME = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat';
const PART = `(\\*|(\\d+|${NAME})(-(\\d+|${NAME}))?)(/\\d+)?`;
const FIELD = new RegExp(`^${PART}(,${PART})*$`, 'i');
const SAMPLES = 5;

/**
 * Compiles the schedule of a timer: an NCRONTAB expression `{second} {minute} {hour} {day} {month} {day of week}`.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 * Day and day of week must both match, as with NCRONTAB and unlike crontab(5).
 * @throws {HostConfigError} where the expression is not valid there.
 */
export function compileSchedule(expression: string, timeZone: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  if ((fields.length !== 5 && fields.length !== 6) || !fields.every((field) => FIELD.test(field)))
    throw invalid(expression);
  let cron: Cron;
  try {
    cron = new Cron(fields.length === 5 ? `0 ${fields.join(' ')}` : fields.join(' '), {
      paused: true,
      domAndDow: true,
      timezone: timeZone,
    });
  } catch (cause) {
    throw invalid(expression, cause);
  }
  const next = (from: Date): Date | undefined => cron.nextRun(from) ?? undefined;
  return { next, isFrequent: isFrequent(next) };
}

/** The rule of the real host: the gaps of the next occurrences, all below a minute. */
function isFrequent(next: (from: Date) => Date | undefined): boolean {
  let at = next(new Date());
  for (let index = 0; index < SAMPLES && at !== undefined; index += 1) {
    const following = next(at);
    if (following === undefined || following.getTime() - at.getTime() >= 60_000) return false;
    at = following;
  }
  return at !== undefined;
}

function invalid(expression: string, cause?: unknown): HostConfigError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new HostConfigError(
    `"${expression}" is no NCRONTAB schedule${reason}.`,
    'Write six fields: {second} {minute} {hour} {day} {month} {day of week}, for example "0 */5 * * * *".',
    cause,
  );
}
