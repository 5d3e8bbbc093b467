import type { SecretClient } from '@azure/keyvault-secrets';
import type { SecretExpiry } from '../../model/secret-expiry';
import { toFailure } from '../../errors/to-failure';
import { clientCertificateOf, endOfCertificate, trustedCertificatesOf, type ClientCertificate } from './certificate';
import { localStore } from './local-store';
import { SecretCache, type SecretLifetimes } from './secret-cache';
import type { StoredSecret } from './secret-store';
import { vaultClient, vaultStore } from './vault-store';

/** Gives the values of `${secret:name}` and `${certificate:name}`; only activities ask, and a value goes no further than a driver. */
export interface SecretResolver {
  /** Throws `secret-not-found`, `secret-refused`, `vault-unavailable`, `identity-unavailable`. */
  get(name: string): Promise<string>;
  /** After a login that failed with a value: another value, fetched anew, or null where there is none. Throws as `get`. */
  renewed(name: string, refused: string): Promise<string | null>;
  /** A certificate with its key. Throws as `get`, and `certificate-invalid`. */
  clientCertificate(name: string): Promise<ClientCertificate>;
  /** Certificates of authorities, as PEM. Throws as `get`, and `certificate-invalid`. */
  trustedCertificates(name: string): Promise<string>;
  /** When each of them ends, in the order of the names; what cannot be read says why. Never throws. */
  expiries(names: readonly string[]): Promise<SecretExpiry[]>;
}

/** What is worth writing down about a secret: never its value. */
export type SecretEvent =
  | { readonly event: 'secret-read'; readonly secret: string; readonly version: string | null; readonly where: string }
  | { readonly event: 'secret-renewed'; readonly secret: string; readonly version: string | null }
  | { readonly event: 'secret-stale'; readonly secret: string; readonly code: string; readonly until: string }
  | {
      readonly event: 'secret-expiring';
      readonly secret: string;
      readonly expiresOn: string;
      readonly daysLeft: number;
    }
  | {
      readonly event: 'secret-expired';
      readonly secret: string;
      readonly expiresOn: string;
      readonly daysLeft: number;
    };

export interface SecretOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly keyVaultUri: string | null;
  /** Git-ignored `{ "name": "value" }`, for local runs. */
  readonly file?: string;
  /** A client of the vault that tests make; by the app's identity when absent. */
  readonly client?: SecretClient;
  readonly lifetimes?: Partial<SecretLifetimes>;
  readonly now?: () => number;
  /** Told each value, so that whatever writes texts can hide it. */
  readonly hide?: (value: string) => void;
  /** Told what happens to secrets. */
  readonly note?: (event: SecretEvent) => void;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A rotated secret is used after ten minutes at most, or after the first login that fails; a vault may be down for four hours. */
const LIFETIMES: SecretLifetimes = { ttlMs: 10 * MINUTE_MS, staleMs: 240 * MINUTE_MS, pauseMs: MINUTE_MS / 2 };
/** An end so near is noted, once a day and process. */
const WARN_DAYS = 30;

/** Key Vault where a vault is named; else the environment (`SLUICE_SECRET_<NAME>`), then the file. Asks nobody by itself. */
export function createSecretResolver(options: SecretOptions): SecretResolver {
  const { env, keyVaultUri, file, now = Date.now, hide = () => {}, note = () => {} } = options;
  const store =
    keyVaultUri === null ? localStore(env, file) : vaultStore(options.client ?? vaultClient(keyVaultUri, env));
  const noted = new Map<string, number>();
  const noteEnd = (secret: string, found: StoredSecret): void => {
    const { expiresOn, daysLeft } = expiryOf(secret, found, now());
    if (expiresOn === null || daysLeft === null || daysLeft >= WARN_DAYS) return;
    if (now() - (noted.get(secret) ?? -Infinity) < DAY_MS) return;
    noted.set(secret, now());
    note({ event: daysLeft < 0 ? 'secret-expired' : 'secret-expiring', secret, expiresOn, daysLeft });
  };
  const observer = {
    fetched: (secret: string, found: StoredSecret, changed: boolean) => {
      hide(found.value);
      note({ event: 'secret-read', secret, version: found.version, where: store.where });
      if (changed) note({ event: 'secret-renewed', secret, version: found.version });
      noteEnd(secret, found);
    },
    stale: (secret: string, { code }: { readonly code: string }, until: number) =>
      note({ event: 'secret-stale', secret, code, until: new Date(until).toISOString() }),
  };
  const cache = new SecretCache(store, { ...LIFETIMES, ...options.lifetimes }, observer, now);
  return {
    get: async (name) => (await cache.get(name)).value,
    renewed: async (name, refused) => (await cache.renewed(name, refused))?.value ?? null,
    clientCertificate: async (name) => clientCertificateOf(name, await cache.get(name), now()),
    trustedCertificates: async (name) => trustedCertificatesOf(name, await cache.get(name)),
    expiries: (names) =>
      Promise.all(
        names.map(async (name) => {
          try {
            return expiryOf(name, await cache.get(name), now());
          } catch (error) {
            const { code, message } = toFailure(error);
            return { name, expiresOn: null, daysLeft: null, failure: { code, message } };
          }
        }),
      ),
  };
}

/** The earlier of what the store says and what the certificate itself says. */
function expiryOf(name: string, secret: StoredSecret, now: number): SecretExpiry {
  const ends = [secret.expiresOn, endOfCertificate(secret)].filter((end) => end !== null);
  if (ends.length === 0) return { name, expiresOn: null, daysLeft: null, failure: null };
  const end = Math.min(...ends);
  return { name, expiresOn: new Date(end).toISOString(), daysLeft: Math.floor((end - now) / DAY_MS), failure: null };
}
