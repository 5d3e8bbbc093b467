import { readFile } from 'node:fs/promises';
import { SecretClient } from '@azure/keyvault-secrets';
import { SecretNotFoundError } from '../errors/secret-not-found-error';
import { SecretRefusedError } from '../errors/secret-refused-error';
import { SecretUnavailableError } from '../errors/secret-unavailable-error';
import type { Clock } from './clock';
import { settingOf, type Environment } from './environment';
import { credentialFor } from './identity';

/** Gives the value of a `${secret:name}`. Values go to the connection that needs them and nowhere else. */
export interface SecretResolver {
  /** Throws `SecretNotFoundError`, `SecretRefusedError` or `SecretUnavailableError`. */
  get(name: string): Promise<string>;
  /** Forgets a value, after a login with it failed: it may have been rotated. */
  forget(name: string): void;
}

export interface SecretOptions {
  readonly env: Environment;
  readonly keyVaultUri: string | null;
  readonly secretsFile: string;
  readonly clock: Clock;
  /** The part of the vault's client that is used; made from `keyVaultUri` when absent. */
  readonly vault?: { getSecret(name: string): Promise<{ readonly value?: string | undefined }> };
}

/** A rotated secret is used after this time at the latest. */
const TTL_MS = 5 * 60_000;

/**
 * Looks a secret up in the app setting `SLUICE_SECRET_<NAME>` (upper case, `_` for `-`), then in the vault where
 * `KEY_VAULT_URI` names one, else in the secrets file. Values are kept in memory for five minutes.
 */
export function createSecretResolver(options: SecretOptions): SecretResolver {
  const values = new Map<string, { readonly value: Promise<string>; readonly until: number }>();
  const { keyVaultUri, env } = options;
  const vault = options.vault ?? (keyVaultUri === null ? undefined : new SecretClient(keyVaultUri, credentialFor(env)));
  return {
    get(name) {
      const kept = values.get(name);
      if (kept !== undefined && kept.until > options.clock.nowMs()) return kept.value;
      const value = look(name, options, vault);
      values.set(name, { value, until: options.clock.nowMs() + TTL_MS });
      value.catch(() => values.delete(name));
      return value;
    },
    forget: (name) => void values.delete(name),
  };
}

async function look(name: string, options: SecretOptions, vault: SecretOptions['vault']): Promise<string> {
  const setting = `SLUICE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
  const set = settingOf(options.env, setting);
  if (set !== undefined) return set;
  if (vault !== undefined)
    return fromVault(name, vault, [`the app setting ${setting}`, `the secret ${name} in the vault`]);
  const value = (await readSecretsFile(options.secretsFile))[name];
  if (typeof value === 'string') return value;
  throw new SecretNotFoundError(name, [`the app setting ${setting}`, `"${name}" in ${options.secretsFile}`]);
}

async function fromVault(
  name: string,
  vault: NonNullable<SecretOptions['vault']>,
  places: readonly string[],
): Promise<string> {
  let value: string | undefined;
  try {
    value = (await vault.getSecret(name)).value;
  } catch (error) {
    const status = (error as { readonly statusCode?: number }).statusCode;
    if (status === 404) throw new SecretNotFoundError(name, places, error);
    if (status === 401 || status === 403) throw new SecretRefusedError(name, error);
    throw new SecretUnavailableError(name, error);
  }
  if (value === undefined || value === '') throw new SecretNotFoundError(name, places);
  return value;
}

async function readSecretsFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    // The parser's message may quote the file, and so a secret.
    throw new SecretNotFoundError(
      '*',
      [`${file}, which is not JSON`],
      error instanceof SyntaxError ? undefined : error,
    );
  }
}
