import { durationMs } from './duration';

/** Windows that one backfill may have; a longer span takes a wider window or several backfills. */
export const MOST_WINDOWS = 1_000;

export interface Span {
  /** Whole numbers; or ISO 8601 dates or times, both with a zone or both without. */
  readonly from: string | number;
  readonly to: string | number;
  /** A duration (`1d`) for dates and times, a whole number for numbers. */
  readonly window: string | number;
}

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Cuts a span into windows that follow each other: the lower end belongs to a window, the upper one to the next. The last one ends where
 * the span does. Times without a zone stay without: the column's type says what they mean. Throws `RangeError` in words for people.
 */
export function backfillWindows({ from, to, window }: Span): readonly { readonly from: string; readonly to: string }[] {
  const first = edgeOf(String(from));
  const last = edgeOf(String(to));
  if (first.kind !== last.kind) {
    throw new RangeError(`from is ${words(first.kind)} and to is ${words(last.kind)}: write both in the same way`);
  }
  const step = stepOf(window, first.kind);
  if (first.value >= last.value) throw new RangeError('from is not before to: the window from..to holds nothing');
  const count = (last.value - first.value + step - 1n) / step;
  if (count > BigInt(MOST_WINDOWS)) {
    throw new RangeError(
      `${count} windows are too many (at most ${MOST_WINDOWS}): take a wider window or a shorter span`,
    );
  }
  const edge = (value: bigint): string => textOf(value, first.kind);
  return Array.from({ length: Number(count) }, (_, index) => {
    const start = first.value + BigInt(index) * step;
    const end = start + step;
    return { from: edge(start), to: edge(end < last.value ? end : last.value) };
  });
}

type Kind = 'number' | 'date' | 'time' | 'instant';

function edgeOf(text: string): { readonly kind: Kind; readonly value: bigint } {
  if (/^-?\d{1,18}$/.test(text)) return { kind: 'number', value: BigInt(text) };
  const match = TIME.exec(text);
  const [, date = '', time, zone] = match ?? [];
  const ms = match === null ? Number.NaN : Date.parse(`${date}T${time ?? '00:00'}${zone ?? 'Z'}`);
  // Dates that no calendar has, such as 30 February, come out as others.
  const day = Date.parse(`${date}T00:00Z`);
  const isReal = !Number.isNaN(day) && new Date(day).toJSON().startsWith(date);
  if (Number.isNaN(ms) || !isReal) {
    throw new RangeError(`'${text}' is no whole number, date (2026-01-31) or time (2026-01-31T00:00:00Z)`);
  }
  return { kind: time === undefined ? 'date' : zone === undefined ? 'time' : 'instant', value: BigInt(ms) };
}

function stepOf(window: string | number, kind: Kind): bigint {
  if (kind === 'number') {
    const text = String(window);
    if (!/^\d{1,18}$/.test(text) || BigInt(text) === 0n) {
      throw new RangeError(`'${text}' is no window for numbers: write a whole number above 0`);
    }
    return BigInt(text);
  }
  const step = BigInt(durationMs(String(window)));
  if (step === 0n) throw new RangeError('a window of no length never ends: write 1d, say');
  if (kind === 'date' && step % 86_400_000n !== 0n) {
    throw new RangeError(
      `'${window}' is no whole number of days, which dates have: write 1d, say, or give from and to as times`,
    );
  }
  return step;
}

function textOf(value: bigint, kind: Kind): string {
  if (kind === 'number') return String(value);
  const text = new Date(Number(value)).toISOString();
  return kind === 'date' ? text.slice(0, 10) : kind === 'time' ? text.slice(0, -1) : text;
}

function words(kind: Kind): string {
  return { number: 'a number', date: 'a date', time: 'a time without a zone', instant: 'a time with a zone' }[kind];
}
