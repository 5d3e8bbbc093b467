import type { Since } from '../../cursor/text-cursor';

/** How an API wants the lower end of what it is asked for. */
export type SinceFormat = 'iso' | 'unixSeconds' | 'unixMilliseconds';

/**
 * A value of the cursor as an API reads it: a time as ISO 8601, with `Z` where the column is an instant, or as a number of whole seconds or
 * milliseconds since 1970, never later than the value; a number as it is.
 */
export function sinceText({ from, type }: Since, format: SinceFormat): string {
  if (type !== 'date' && type !== 'timestamp' && type !== 'timestamptz') return from;
  const at = timeOf(from);
  if (format === 'unixSeconds') return String(Math.floor(at.getTime() / 1000));
  if (format === 'unixMilliseconds') return String(at.getTime());
  if (type === 'date') return from;
  return type === 'timestamptz' ? at.toISOString() : at.toISOString().slice(0, -1);
}

/** A time as the engine prints it: `2024-03-31 01:30:00.123456`, for instants with `+00` behind, since its zone is UTC. */
function timeOf(text: string): Date {
  const [date = '', time = '00:00:00'] = text.replace(/\+00$/, '').split(' ');
  return new Date(`${date}T${time.slice(0, 12)}Z`);
}
