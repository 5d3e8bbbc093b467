import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidSettingsError } from '../../errors/invalid-settings-error';
import { SluiceError } from '../../errors/sluice-error';
import { statusOf } from '../../errors/storage-error';
import type { Diagnosis } from '../../model/diagnosis';

/** Longer than the retries of a client that meets a closed door. */
const LONGEST_MS = 20_000;

/** What is tried, and the role that it takes in Azure. */
export interface Attempt {
  readonly area: Diagnosis['area'];
  readonly what: string;
  /** For the fix, where it is forbidden: `Storage Blob Data Contributor on the container work`. */
  readonly role: string;
  /** For the fix, where nobody answers. */
  readonly address: string;
}

/** Tries something and says whether it worked. Never throws. */
export async function attempt<T>(
  { area, what, role, address }: Attempt,
  work: () => Promise<T>,
): Promise<{ readonly diagnosis: Diagnosis; readonly value: T | null }> {
  const timer = new AbortController();
  try {
    const value = await Promise.race([Promise.resolve().then(work), tooLate(timer.signal)]);
    return { diagnosis: { area, what, status: 'ok', message: 'works', fix: null }, value };
  } catch (error) {
    return { diagnosis: { area, what, status: 'failed', ...explain(error, role, address) }, value: null };
  } finally {
    timer.abort();
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await sleep(LONGEST_MS, undefined, { ref: false, signal });
  throw new Error(`no answer in ${LONGEST_MS / 1000} s`);
}

function explain(error: unknown, role: string, address: string): Pick<Diagnosis, 'message' | 'fix'> {
  const message = firstLine(error instanceof Error ? error.message : String(error));
  const code = codeOf(error);
  const said = code === null ? message : `${code}: ${message}`;
  if (error instanceof InvalidSettingsError) return { message, fix: error.nextAction };
  const status = statusOf(error);
  if (status === 403 && /AuthenticationFailed|AuthorizationFailure|InvalidAuthenticationInfo/.test(said)) {
    const keys = /signature|AuthenticationFailed/i.test(said);
    return {
      message: said,
      fix: keys
        ? 'The key or the token is not the one of this account: set the connection again, or go over to an identity.'
        : `Let the app's network in, or give its identity ${role}.`,
    };
  }
  if (status === 401 || status === 403)
    return { message: said, fix: `Give the app's identity ${role}: npx sluice roles.` };
  if (status === 404)
    return { message: said, fix: 'Deploy infra/, which makes it; on your own machine it is made on first use.' };
  if (error instanceof SluiceError) return { message, fix: error.nextAction };
  return {
    message: said,
    fix: `See that ${address} is right, and reachable from the app: DNS, private endpoint, firewall.`,
  };
}

function codeOf(error: unknown): string | null {
  const { code, details } = (error ?? {}) as { code?: unknown; details?: { errorCode?: unknown } };
  const found = details?.errorCode ?? code;
  return typeof found === 'string' ? found : null;
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 300);
