/** The message of whatever was thrown, on one line and not endless, for a sentence that names a cause. */
export function reasonOf(cause: unknown): string {
  if (cause === undefined || cause === null) return 'no reason given';
  // By shape, not by class: errors of other realms and of drivers need not be this module's `Error`.
  const { message, code } = cause as { readonly message?: unknown; readonly code?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : typeof code === 'string' ? code : 'unknown';
  return text.split('\n')[0]?.slice(0, 300) ?? 'unknown';
}
