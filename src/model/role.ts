/** What callers of the HTTP API may do, least first; each may do all that the one before it may. */
export const ROLES = ['reader', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether a role is enough where another one is needed. */
export function isAtLeast(role: Role | null, needed: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** The strongest of some names of roles, among names of anything else; null where none is one. */
export function strongestOf(names: readonly string[]): Role | null {
  return ROLES.findLast((role) => names.includes(role)) ?? null;
}
