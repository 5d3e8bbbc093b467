/** Shortest period of activity that is billed, and the steps in which longer ones are: https://azure.microsoft.com/pricing/details/functions/ */
const SHORTEST_MS = 1000;
const STEP_MS = 100;

interface Share {
  ms: number;
}

/**
 * The time for which an instance is billed, shared among what is under way in it. Flex Consumption bills the memory of an instance for as long as
 * anything is executed there, not for each execution: two activities side by side cost what one does. A period lasts from the first to the last
 * of them, a second at least, and is rounded up to tenths of a second; who ends last bears the rest.
 */
export class ActiveTime {
  private readonly shares = new Set<Share>();
  private lastMs = 0;
  private periodMs = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Begins one execution. What it gives ends it, and says its share in milliseconds. */
  begin(): () => number {
    this.pass();
    const share: Share = { ms: 0 };
    this.shares.add(share);
    return () => {
      if (!this.shares.has(share)) return share.ms;
      this.pass();
      this.shares.delete(share);
      if (this.shares.size === 0) {
        const billed = Math.max(SHORTEST_MS, Math.ceil(this.periodMs / STEP_MS) * STEP_MS);
        share.ms += billed - this.periodMs;
        this.periodMs = 0;
      }
      return share.ms;
    };
  }

  private pass(): void {
    const now = this.now();
    const passed = this.shares.size === 0 ? 0 : now - this.lastMs;
    for (const share of this.shares) share.ms += passed / this.shares.size;
    this.periodMs += passed;
    this.lastMs = now;
  }
}
