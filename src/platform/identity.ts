import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { IdentityUnavailableError } from '../errors/identity-unavailable-error';
import { isInAzure } from './is-in-azure';
import { patientCredential } from './patient-credential';

/** Whose tokens this process asks for. */
export type IdentityKind = 'user-assigned' | 'system-assigned' | 'developer';

/** A tool that asks a person something would wait for ever. */
const TOOL_TIMEOUT_MS = 8000;
/** The longest that anybody waits for a token, all tries included. */
const LONGEST_MS = 30_000;
const RETRIES = { maxRetries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2000 };

const made = new Map<string, TokenCredential>();

/**
 * The credential of this process, for every client of Azure: the managed identity in Azure (the user-assigned one where its client id is
 * set, else the one of the app itself), the developer's own elsewhere. It keeps tokens until shortly before they end, and throws
 * `identity-unavailable`, within half a minute. Emulators use connection strings and never come here.
 */
export function credential(env: NodeJS.ProcessEnv = process.env): TokenCredential {
  const kind = identityKind(env);
  const clientId = kind === 'user-assigned' ? clientIdOf(env) : undefined;
  const key = `${kind} ${clientId ?? ''}`;
  let known = made.get(key);
  if (known === undefined) {
    known =
      kind === 'developer'
        ? patientCredential(developer(), LONGEST_MS, (cause) => new IdentityUnavailableError('developer', false, cause))
        : patientCredential(managed(clientId), LONGEST_MS, managedFault);
    made.set(key, known);
  }
  return known;
}

/** Whose tokens `credential` gives. An endpoint of managed identities counts as Azure: Cloud Shell and Arc have one too. */
export function identityKind(env: NodeJS.ProcessEnv): IdentityKind {
  const endpoint = (env['IDENTITY_ENDPOINT'] ?? '') !== '';
  if (!isInAzure(env) && !endpoint) return 'developer';
  return clientIdOf(env) === undefined ? 'system-assigned' : 'user-assigned';
}

function clientIdOf(env: NodeJS.ProcessEnv): string | undefined {
  const id = env['SLUICE_MANAGED_IDENTITY_CLIENT_ID'];
  return id === '' ? undefined : id;
}

function managed(clientId: string | undefined): TokenCredential {
  return new ManagedIdentityCredential({ ...(clientId !== undefined && { clientId }), retryOptions: RETRIES });
}

/** No probe of a metadata endpoint: on a machine without one it waits for nothing. */
function developer(): TokenCredential {
  const options = { processTimeoutInMs: TOOL_TIMEOUT_MS };
  return new ChainedTokenCredential(
    new EnvironmentCredential(),
    new AzureCliCredential(options),
    new AzureDeveloperCliCredential(options),
    new AzurePowerShellCredential(options),
  );
}

/** An endpoint that says no will say no again; one that fails, or is silent, may not. */
function managedFault(error: unknown): IdentityUnavailableError {
  const { status } = ((error as { readonly cause?: unknown } | null)?.cause ?? {}) as { readonly status?: unknown };
  const refused = typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 429;
  // What the endpoint itself said, out of a sentence of what it did not say.
  const said = /Description: (.+?) - Correlation ID/.exec(
    String((error as { message?: unknown } | null)?.message),
  )?.[1];
  return new IdentityUnavailableError('managed identity', !refused, said === undefined ? error : new Error(said));
}
