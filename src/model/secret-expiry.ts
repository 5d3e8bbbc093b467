/** When a secret or certificate ends, as its store says. */
export interface SecretExpiry {
  readonly name: string;
  /** ISO 8601, UTC; null where the store knows of no end. */
  readonly expiresOn: string | null;
  /** Whole days until then, negative when it is over; null without an end. */
  readonly daysLeft: number | null;
  /** Why it could not be read; null where it could. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** Those that end within so many days, or have ended: what doctor, health and alerts name. */
export function expiringWithin(expiries: readonly SecretExpiry[], days: number): SecretExpiry[] {
  return expiries.filter(({ daysLeft }) => daysLeft !== null && daysLeft < days);
}
