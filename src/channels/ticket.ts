/** The header by which a ticket system knows us: a user with a password or API token, else a bearer token. */
export function authorizationOf(user: string | undefined, secret: string): string {
  return user === undefined ? `Bearer ${secret}` : `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

/** The text or number at a path of an answer that may be anything, as text; null where there is none. */
export function textIn(answer: unknown, ...path: readonly (string | number)[]): string | null {
  let found = answer;
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return null;
    found = (found as Record<string | number, unknown>)[part];
  }
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}
