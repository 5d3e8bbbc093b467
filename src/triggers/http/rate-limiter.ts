import { takeToken, type Bucket, type Rate } from '../../resilience/token-bucket';

/** Routes that share a limit: those that look, those that change something, and those that everybody may call. */
export type RateClass = 'read' | 'write' | 'open' | 'unknown' | 'refusal';

export type Rates = Readonly<Record<RateClass, Rate>>;

/** Callers of whom a process remembers how much they asked; whoever was seen longest ago is forgotten first. */
const MOST_CALLERS = 10_000;

/**
 * Counts what callers ask, in the memory of this process alone: an app on several instances lets through as many times as much. It keeps one caller from
 * taking an instance from all others; against a flood from many addresses the platform has to stand in front.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly rates: Rates) {}

  /** Counts one request; gives 0, or the milliseconds after which the next is taken. */
  take(of: RateClass, caller: string, nowMs: number): number {
    const key = `${of} ${caller}`;
    const { bucket, waitMs } = takeToken(this.buckets.get(key) ?? null, this.rates[of], nowMs);
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MOST_CALLERS) {
      const [oldest] = this.buckets.keys();
      if (oldest !== undefined) this.buckets.delete(oldest);
    }
    return waitMs;
  }
}

/** Rates from what a caller may ask in a minute. */
export function ratesOf({ reads, writes }: { readonly reads: number; readonly writes: number }): Rates {
  const evenly = (perMinute: number): Rate => ({ perMinute, burst: perMinute });
  // Nobody needs to be sent away often, and each refusal that counts is an entry of the audit trail.
  return {
    read: evenly(reads),
    write: evenly(writes),
    open: evenly(reads),
    unknown: evenly(60),
    refusal: evenly(30),
  };
}
