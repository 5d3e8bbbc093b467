import { UsageError } from './usage-error';

/** The one name that a command takes. Throws `UsageError` for none, with the fix, and for more. */
export function onlyName(positionals: readonly string[], fix: string): string {
  const [name, tooMany] = positionals;
  if (name === undefined) throw new UsageError(fix);
  if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
  return name;
}
