import { readFileSync } from 'node:fs';
import { SecretClient } from '@azure/keyvault-secrets';
import { SecretNotFoundError } from '../errors/secret-not-found-error';
import { statusOf, StorageError } from '../errors/storage-error';
import { credential } from './identity';

/** Gives the values of `${secret:name}`; only activities ask, and a value goes no further than a driver. */
export interface SecretResolver {
  /** @throws {SecretNotFoundError} */
  get(name: string): Promise<string>;
  /** Forgets a value, so that the next `get` fetches it anew: after a login that failed. */
  forget(name: string): void;
}

export interface SecretOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly keyVaultUri: string | null;
  /** Git-ignored `{ "name": "value" }`, for local runs. */
  readonly file?: string;
  /** How long a value of the vault is kept. */
  readonly ttlMs?: number;
  readonly now?: () => number;
}

const DEFAULT_TTL_MS = 10 * 60_000;

/** Key Vault where a vault is named; else the environment (`SLUICE_SECRET_<NAME>`), then the file. */
export function createSecretResolver(options: SecretOptions): SecretResolver {
  const { env, keyVaultUri, file, ttlMs = DEFAULT_TTL_MS, now = Date.now } = options;
  if (keyVaultUri === null) {
    return {
      get: (name) => {
        const value = env[variableOf(name)] ?? fromFile(file, name);
        if (value !== undefined && value !== '') return Promise.resolve(value);
        return Promise.reject(new SecretNotFoundError(name, `the setting ${variableOf(name)}`));
      },
      forget: () => undefined,
    };
  }
  const client = new SecretClient(keyVaultUri, credential(env));
  const known = new Map<string, { readonly value: string; readonly until: number }>();
  return {
    async get(name) {
      const cached = known.get(name);
      if (cached !== undefined && cached.until > now()) return cached.value;
      try {
        const { value } = await client.getSecret(name);
        if (value === undefined || value === '') throw new SecretNotFoundError(name, 'the key vault');
        known.set(name, { value, until: now() + ttlMs });
        return value;
      } catch (error) {
        if (error instanceof SecretNotFoundError) throw error;
        if (statusOf(error) === 404) throw new SecretNotFoundError(name, 'the key vault', error);
        throw new StorageError(`read the secret '${name}' from the key vault`, error);
      }
    },
    forget: (name) => void known.delete(name),
  };
}

const variableOf = (name: string): string => `SLUICE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;

function fromFile(file: string | undefined, name: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    const values = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
