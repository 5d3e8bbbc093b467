import { SluiceError } from '../../errors/sluice-error';
import type { SecretStore, StoredSecret } from './secret-store';

/** How long values are kept, in milliseconds. */
export interface SecretLifetimes {
  /** A value is not asked for again for so long. */
  readonly ttlMs: number;
  /** A value may be used for so long after it was fetched while its store does not answer. */
  readonly staleMs: number;
  /** A store that did not answer is left alone for so long, unless it names another time. */
  readonly pauseMs: number;
}

/** Told what happens to values, never the values themselves but to hide them. */
export interface SecretObserver {
  /** A value came from its store. `changed` says that another one was known before. */
  fetched(name: string, secret: StoredSecret, changed: boolean): void;
  /** A value that is kept is used, since its store does not answer. */
  stale(name: string, failure: SluiceError, until: number): void;
}

interface Entry {
  readonly secret: StoredSecret;
  readonly fetchedAt: number;
  freshUntil: number;
}

/**
 * Keeps what a store said. Callers that ask for one name at the same time wait for one question. A store that is down is no reason to
 * stop while its value is young enough; one that says that a value is gone, or kept back, is believed at once.
 */
export class SecretCache {
  private readonly entries = new Map<string, Entry>();
  private readonly flights = new Map<string, Promise<StoredSecret>>();

  constructor(
    private readonly store: SecretStore,
    private readonly lifetimes: SecretLifetimes,
    private readonly observer: SecretObserver,
    private readonly now: () => number,
  ) {}

  /** The value as it was known a time to live ago, or newer. Throws what the store throws. */
  async get(name: string): Promise<StoredSecret> {
    const known = this.entries.get(name);
    if (known !== undefined && this.now() < known.freshUntil) return known.secret;
    try {
      return await this.fetch(name);
    } catch (error) {
      if (known === undefined || !(error instanceof SluiceError) || !isOutage(error)) throw error;
      const until = known.fetchedAt + this.lifetimes.staleMs;
      if (this.now() >= until) throw error;
      known.freshUntil = Math.min(until, this.now() + (error.retryAfterMs ?? this.lifetimes.pauseMs));
      this.observer.stale(name, error, until);
      return known.secret;
    }
  }

  /**
   * After a login that failed with a value: what the store has now, or null where that is the same value still. Another caller's answer
   * will do. Throws what the store throws: while it does not answer, nobody can say that the value was wrong.
   */
  async renewed(name: string, refused: string): Promise<StoredSecret | null> {
    const known = this.entries.get(name)?.secret;
    if (known !== undefined && known.value !== refused) return known;
    const fetched = await this.fetch(name);
    return fetched.value === refused ? null : fetched;
  }

  private fetch(name: string): Promise<StoredSecret> {
    const under = this.flights.get(name);
    if (under !== undefined) return under;
    const flight = this.read(name).finally(() => this.flights.delete(name));
    this.flights.set(name, flight);
    return flight;
  }

  private async read(name: string): Promise<StoredSecret> {
    try {
      const secret = await this.store.read(name);
      const before = this.entries.get(name)?.secret.value;
      const fetchedAt = this.now();
      this.entries.set(name, { secret, fetchedAt, freshUntil: fetchedAt + this.lifetimes.ttlMs });
      this.observer.fetched(name, secret, before !== undefined && before !== secret.value);
      return secret;
    } catch (error) {
      // Deleted, disabled or forbidden: the store has spoken, and what was known is no longer to be used.
      if (error instanceof SluiceError && !isOutage(error)) this.entries.delete(name);
      throw error;
    }
  }
}

function isOutage(error: SluiceError): boolean {
  return error.class === 'transient' || error.class === 'infrastructure';
}
