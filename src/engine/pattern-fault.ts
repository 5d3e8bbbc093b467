import { EngineError } from '../errors/engine-error';
import type { EngineSession } from './engine-session';

/** What to do about a regular expression that RE2 refuses. */
export const PATTERN_FIX =
  'Write a regular expression of RE2: no look-around, no back references, at most 1000 repetitions.';

const MOST_REPETITIONS = 1000;

/** Why the engine cannot use a regular expression, or null. DuckDB compiles some patterns only when the first row comes. */
export async function patternFault(session: EngineSession, pattern: string): Promise<string | null> {
  if (repetitions(pattern) > MOST_REPETITIONS) {
    return `'${pattern.slice(0, 100)}' repeats more than ${MOST_REPETITIONS} times in all, which could take for ever on one row`;
  }
  try {
    await session.rows(`SELECT regexp_matches('', $1::VARCHAR)`, [pattern]);
    return null;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return `'${pattern.slice(0, 100)}' is no regular expression that the engine knows: ${error.message.replace(/^[^:]*: (Invalid Input Error: )?/, '')}`;
  }
}

/** The sum of all counted repetitions: RE2 unrolls each of them, and matches long texts in time that grows with the sum. */
function repetitions(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)];
  return counts.reduce((sum, [, least, most]) => sum + Math.max(Number(least), Number(most ?? 0)), 0);
}
