import type { HttpRequest } from '@azure/functions';
import type { TriggerServices } from '../trigger-services';

const LONGEST_NAME = 200;

/**
 * Who asks, for the audit trail. The principal of App Service authentication counts only where that is on: the platform then removes
 * what a caller sends in its headers, and nowhere else. On this machine it is the user who runs the app; with a function key nobody knows more
 * than that. Never anything from a body.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function callerOf({ callers }: Pick<TriggerServices, 'callers'>, request: HttpRequest): string {
  if (callers.appServiceAuthentication) {
    const principal = principalOf(request.headers.get('x-ms-client-principal'));
    if (principal !== null) return principal;
    return request.headers.get('x-ms-client-principal-name')?.slice(0, LONGEST_NAME) ?? 'function-key';
  }
  return callers.localUser === null ? 'function-key' : `local:${callers.localUser}`;
}

/** The name in a principal: Base64 of JSON with claims. */
function principalOf(header: string | null): string | null {
  if (header === null) return null;
  try {
    const { claims = [], name_typ: nameType } = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as {
      claims?: readonly { readonly typ?: unknown; readonly val?: unknown }[];
      name_typ?: unknown;
    };
    const wanted = [nameType, 'preferred_username', 'name', 'appid', 'azp', 'oid'];
    for (const type of wanted) {
      const found = claims.find(({ typ, val }) => typeof type === 'string' && typ === type && typeof val === 'string');
      if (found !== undefined && String(found.val) !== '') return String(found.val).slice(0, LONGEST_NAME);
    }
  } catch {
    // Not what App Service writes: then nobody is named.
  }
  return null;
}
