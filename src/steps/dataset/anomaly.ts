/** A value of an earlier run. */
export interface HistoryPoint {
  /** When the run started: ISO 8601, UTC. */
  readonly at: string;
  readonly value: number;
}

export interface AnomalyQuestion {
  readonly value: number;
  /** When the run started: ISO 8601, UTC. */
  readonly at: string;
  /** Values of published runs before, in any order. */
  readonly history: readonly HistoryPoint[];
  /** IANA name of the zone in which a day begins and ends. */
  readonly timeZone: string;
  /** The greatest modified z-score that is no anomaly. */
  readonly sensitivity: number;
  /** Points before there is a verdict. */
  readonly minPoints: number;
  /** Share of the median that a value may lie beside it where the MAD is 0: 0.05 for 5 %. */
  readonly relativeFloor: number;
}

export interface AnomalyAnswer {
  readonly status: 'learning' | 'normal' | 'anomalous';
  readonly value: number;
  /** Points that the verdict is made of; while learning, points there are. */
  readonly points: number;
  /** `Monday`, ... when the value was compared with that weekday only; null when with all days. */
  readonly weekday: string | null;
  /** The rest is null while learning. `mad`: median absolute deviation. */
  readonly median: number | null;
  readonly mad: number | null;
  /** Modified z-score; null where the MAD is 0. */
  readonly score: number | null;
  /** Between these, both included, a value is normal. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Points that each weekday needs before weekdays are compared with their own kind. */
export const POINTS_PER_WEEKDAY = 4;

/**
 * Makes the MAD of normally distributed values estimate their standard deviation: Iglewicz and Hoaglin, How to Detect and
 * Handle Outliers, 1993; also https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h.htm
 */
const NORMAL_QUARTILE = 0.6745;

/**
 * Whether a value lies far from those before, by median and median absolute deviation: a few wild values among the history
 * move neither. Once every weekday that occurs has four points, a value is compared with those of its own weekday.
 */
export function judgeAnomaly(question: AnomalyQuestion): AnomalyAnswer {
  const { value, history, sensitivity, relativeFloor } = question;
  if (history.length < question.minPoints) return unjudged(value, history.length);
  const { weekday, values } = comparable(question);
  const middle = medianOf(values);
  const mad = medianOf(values.map((one) => Math.abs(one - middle)));
  const reach = mad > 0 ? (sensitivity * mad) / NORMAL_QUARTILE : relativeFloor * Math.abs(middle);
  const [lower, upper] = [middle - reach, middle + reach];
  return {
    status: value >= lower && value <= upper ? 'normal' : 'anomalous',
    value,
    points: values.length,
    weekday,
    median: middle,
    mad,
    score: mad > 0 ? (NORMAL_QUARTILE * (value - middle)) / mad : null,
    lower,
    upper,
  };
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const above = sorted[half] ?? NaN;
  const below = sorted[half - 1] ?? NaN;
  // Not (below + above) / 2: the sum of two great numbers is infinite.
  return sorted.length % 2 === 1 ? above : below / 2 + above / 2;
}

function unjudged(value: number, points: number): AnomalyAnswer {
  const nothing = { weekday: null, median: null, mad: null, score: null, lower: null, upper: null };
  return { status: 'learning', value, points, ...nothing };
}

/** The values of the same weekday where every weekday that occurs has enough, else all. */
function comparable({ at, history, timeZone }: AnomalyQuestion): { weekday: string | null; values: number[] } {
  const format = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone });
  const byDay = new Map<string, number[]>();
  for (const point of history) {
    const day = format.format(new Date(point.at));
    byDay.set(day, [...(byDay.get(day) ?? []), point.value]);
  }
  const weekday = format.format(new Date(at));
  const own = byDay.get(weekday) ?? [];
  const enough = [own, ...byDay.values()].every((values) => values.length >= POINTS_PER_WEEKDAY);
  return enough ? { weekday, values: own } : { weekday: null, values: history.map(({ value }) => value) };
}
