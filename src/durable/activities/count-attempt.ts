/** Pieces of work that are remembered; the oldest are forgotten first. */
const MOST_REMEMBERED = 10_000;
/** What tells one piece of work of an activity from another, of all that inputs say. */
const IDENTITY = ['runId', 'pipeline', 'partition', 'step', 'window', 'phase'] as const;

const attempts = new Map<string, number>();

/**
 * How often this process has begun the same work, from 1. An orchestration does not tell its activities which attempt they are; where one
 * process follows another the count begins anew.
 */
export function countAttempt(name: string, input: Readonly<Record<string, unknown>>): number {
  const key = JSON.stringify([name, ...IDENTITY.map((part) => input[part])]);
  const attempt = (attempts.get(key) ?? 0) + 1;
  attempts.delete(key);
  if (attempts.size >= MOST_REMEMBERED) attempts.delete(attempts.keys().next().value ?? '');
  attempts.set(key, attempt);
  return attempt;
}
