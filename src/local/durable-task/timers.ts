/** Longest wait that `setTimeout` takes, in ms. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Timers by key, of any length. */
export class Timers {
  private readonly waits = new Map<string, NodeJS.Timeout>();

  /** @param due ms since 1970; past times fire at once */
  set(key: string, due: number, fire: () => void): void {
    this.clear(key);
    const left = Math.max(0, due - Date.now());
    const wait = (): void => {
      // Node.js may be up to a millisecond early, and an orchestrator must not see its timer fire before its time.
      if (due > Date.now()) this.set(key, due, fire);
      else {
        this.waits.delete(key);
        fire();
      }
    };
    this.waits.set(key, setTimeout(wait, Math.min(left, LONGEST_WAIT)));
  }

  clear(key: string): void {
    clearTimeout(this.waits.get(key));
    this.waits.delete(key);
  }

  clearAll(): void {
    for (const key of [...this.waits.keys()]) this.clear(key);
  }
}
