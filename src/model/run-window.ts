/** Days of the week, in the order of `Date.getUTCDay`. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof DAYS)[number];

/** Hours in which something may begin, on the clocks of a time zone. */
export interface RunWindow {
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`, not included; not after `from`, it is on the next day. */
  readonly to: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Days on which it opens; every day when absent. */
  readonly days?: readonly Day[] | undefined;
}

/** Whether it is open, and when that changes. Milliseconds since 1970. */
export interface WindowState {
  readonly open: boolean;
  readonly until: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * Whether the window is open at a time, and until when. Where clocks are put forward over its beginning, it opens at the first moment after; where
 * they are put back over one of its ends, it is open for the hour that comes twice. A window that lies wholly in an hour that is left out is as
 * long as ever, right after that hour.
 */
export function windowAt(window: RunWindow, now: number): WindowState {
  const today = Math.floor((now + offsetAt(window.timeZone, now)) / DAY) * DAY;
  // A week ahead and one day more, for a window that opened yesterday and one that opens on this day of the next week.
  for (let day = -1; day <= 8; day++) {
    const local = today + day * DAY;
    if (window.days && !window.days.includes(DAYS[new Date(local).getUTCDay()] as Day)) continue;
    const [opens, closes] = spanOf(window, local);
    if (now < opens) return { open: false, until: opens };
    if (now < closes) return { open: true, until: closes };
  }
  throw new RangeError('a window opens at least once a week');
}

/** The moments at which the window of a local day opens and closes. */
function spanOf({ from, to, timeZone }: RunWindow, local: number): readonly [opens: number, closes: number] {
  const length = (minutesOf(to) - minutesOf(from) + 1440) % 1440 || 1440;
  const begin = local + minutesOf(from) * MINUTE;
  const [opens] = momentsOf(timeZone, begin);
  const [, closes] = momentsOf(timeZone, begin + length * MINUTE);
  return [opens, closes > opens ? closes : opens + length * MINUTE];
}

/** The first and the last moment at which clocks show a time; where they never do, the first moment after. */
function momentsOf(timeZone: string, wall: number): readonly [first: number, last: number] {
  const before = offsetAt(timeZone, wall - DAY);
  const after = offsetAt(timeZone, wall + DAY);
  const shown = [wall - before, wall - after].filter((moment) => moment + offsetAt(timeZone, moment) === wall);
  if (shown.length > 0) return [Math.min(...shown), Math.max(...shown)];
  // Left out: the change of clocks lies between.
  let [low, high] = [wall - DAY, wall + DAY];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return [high, high];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a time zone are ahead of UTC, in milliseconds. */
function offsetAt(timeZone: string, moment: number): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const two = '2-digit';
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts as Record<string, number>;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
