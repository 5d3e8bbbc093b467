import { UsageError } from './usage-error';

/** A text that a command cannot do without. Throws `UsageError`, with the fix, for none or a blank one. */
export function neededText(given: string | undefined, fix: string): string {
  if (given === undefined || given.trim() === '') throw new UsageError(fix);
  return given;
}
