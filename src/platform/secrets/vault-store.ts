import { setTimeout as sleep } from 'node:timers/promises';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import { SecretNotFoundError } from '../../errors/secret-not-found-error';
import { SecretRefusedError } from '../../errors/secret-refused-error';
import { SluiceError } from '../../errors/sluice-error';
import { VaultUnavailableError } from '../../errors/vault-unavailable-error';
import { credential } from '../identity';
import type { SecretStore, StoredSecret } from './secret-store';

const MAX_TRIES = 3;
const PAUSE_MS = 200;
/** A vault that wants to be left alone for longer is the business of the retries of activities. */
const LONGEST_WAIT_MS = 2000;

/**
 * The client of a vault, by the app's identity. It does not try again by itself: it would wait for as long as the vault says, and an
 * activity with it. `options` are for tests, which trust a certificate of their own.
 */
export function vaultClient(uri: string, env: NodeJS.ProcessEnv, options: SecretClientOptions = {}): SecretClient {
  return new SecretClient(uri, credential(env), { ...options, retryOptions: { maxRetries: 0 } });
}

/** Secrets of a key vault, certificates among them: each has a secret of its name that holds its key. */
export function vaultStore(client: SecretClient): SecretStore {
  const where = `the key vault ${new URL(client.vaultUrl).host}`;
  return {
    where,
    async read(name) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await ask(client, name, where);
        } catch (error) {
          const fault = errorOf(error, name, where);
          const pause = fault.retryAfterMs ?? PAUSE_MS * 2 ** (attempt - 1);
          const again = fault instanceof VaultUnavailableError && attempt < MAX_TRIES && pause <= LONGEST_WAIT_MS;
          if (!again) throw fault;
          await sleep(pause);
        }
      }
    },
  };
}

async function ask(client: SecretClient, name: string, where: string): Promise<StoredSecret> {
  const { value, properties } = await client.getSecret(name);
  if (value === undefined || value === '') throw new SecretNotFoundError(name, where);
  return {
    value,
    contentType: properties.contentType ?? null,
    version: properties.version ?? null,
    expiresOn: properties.expiresOn?.getTime() ?? null,
  };
}

/** https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
function errorOf(error: unknown, name: string, where: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const { statusCode, code, details, response } = error as {
    readonly statusCode?: unknown;
    readonly code?: unknown;
    readonly details?: { readonly error?: { readonly innerError?: { readonly code?: unknown } } };
    readonly response?: { readonly headers?: { get(header: string): string | undefined } };
  };
  // The client refuses challenges for tokens of another service: a token that is not sent cannot be stolen.
  const isRequest = (error as { name?: unknown } | null)?.name === 'RestError';
  if (!isRequest) return new SecretRefusedError(name, where, 'stranger', error);
  if (/CERT|UNABLE_TO_|ERR_TLS|ERR_SSL/.test(String(code))) {
    return new SecretRefusedError(name, where, 'untrusted', error);
  }
  if (typeof statusCode !== 'number') return new VaultUnavailableError(name, where, null, undefined, error);
  if (statusCode === 404) return new SecretNotFoundError(name, where, error);
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500) {
    return new VaultUnavailableError(
      name,
      where,
      statusCode,
      retryAfterMs(response?.headers?.get('retry-after')),
      error,
    );
  }
  const found = details?.error?.innerError?.code;
  const inner = typeof found === 'string' ? found : '';
  const why =
    inner === 'SecretDisabled' ? 'disabled' : /Firewall|Connection|Vnet|Network/i.test(inner) ? 'network' : 'role';
  return new SecretRefusedError(name, where, why, error);
}

function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
