import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';

/** A token is fetched anew so long before it ends. */
const EARLY_MS = 5 * 60_000;
/** With less left than that a token may end on its way. */
const LEAST_MS = 30_000;

/**
 * A credential that asks once for all who ask at the same time, keeps what it got until shortly before it ends (tools of developers keep
 * nothing and take a second each), and gives up after a while. `faultOf` words what goes wrong.
 */
export function patientCredential(
  inner: TokenCredential,
  longestMs: number,
  faultOf: (cause: unknown) => Error,
  now: () => number = Date.now,
): TokenCredential {
  const known = new Map<string, AccessToken>();
  const flights = new Map<string, Promise<AccessToken>>();
  const ask = async (scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nobody answered within ${longestMs / 1000} s`)), longestMs);
      timer.unref();
    });
    try {
      const token = await Promise.race([inner.getToken(scopes, options), late]);
      if (token === null || token.token === '') throw new Error('the answer holds no token');
      return token;
    } catch (error) {
      throw faultOf(error);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    async getToken(scopes, { claims, tenantId, enableCae, tracingOptions } = {}) {
      const key = JSON.stringify([scopes, claims, tenantId, enableCae]);
      const token = known.get(key);
      // Claims are asked for when a token that was good is no longer: only a new one will do.
      const usable = claims === undefined ? token : undefined;
      if (usable !== undefined && now() < freshUntil(usable)) return usable;
      let flight = flights.get(key);
      if (flight === undefined) {
        // Without the signal of whoever came first: others wait for the same answer.
        const options = definedOnly({ claims, tenantId, enableCae, tracingOptions });
        flight = ask(scopes, options).finally(() => flights.delete(key));
        flights.set(key, flight);
      }
      try {
        const fresh = await flight;
        known.set(key, fresh);
        return fresh;
      } catch (error) {
        if (usable !== undefined && now() < usable.expiresOnTimestamp - LEAST_MS) return usable;
        throw error;
      }
    },
  };
}

function freshUntil({ expiresOnTimestamp, refreshAfterTimestamp }: AccessToken): number {
  return Math.min(refreshAfterTimestamp ?? Infinity, expiresOnTimestamp - EARLY_MS);
}

function definedOnly(options: { [K in keyof GetTokenOptions]: GetTokenOptions[K] | undefined }): GetTokenOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
