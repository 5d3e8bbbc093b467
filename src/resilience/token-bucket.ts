/** How often something may happen: `burst` times at once, and `perMinute` in the long run. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

/** What is left of a rate; JSON-safe. */
export interface Bucket {
  readonly tokens: number;
  /** Milliseconds since 1970 at which `tokens` was right. */
  readonly at: number;
}

/**
 * Takes one token, or says how long until there is one. A clock that goes back gives nothing and takes nothing.
 * @param bucket Null for a caller that was not seen before, whose bucket is full.
 */
export function takeToken(
  bucket: Bucket | null,
  { perMinute, burst }: Rate,
  nowMs: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const elapsed = bucket === null ? 0 : Math.max(0, nowMs - bucket.at);
  const at = bucket === null ? nowMs : Math.max(nowMs, bucket.at);
  const tokens = bucket === null ? burst : Math.min(burst, bucket.tokens + (elapsed * perMinute) / 60_000);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, at }, waitMs: 0 };
  return { bucket: { tokens, at }, waitMs: Math.ceil(((1 - tokens) * 60_000) / perMinute) };
}
