import type { HttpRequest } from '@azure/functions';

/** Who App Service authentication says that the caller is. */
export interface Principal {
  /** Null where no claim names anybody. */
  readonly name: string | null;
  /** The object id of the account in Entra: names are changed, and two people may have the same. Null from anybody else. */
  readonly id: string | null;
  /** Values of the claims that are roles: the app roles of Entra. */
  readonly roles: readonly string[];
}

const LONGEST_NAME = 200;
/** Larger than any set of claims that the platform lets through a header. */
const LONGEST_HEADER = 32_768;
const ID_CLAIMS = ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'];
const ROLE_CLAIMS = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];

/**
 * The principal of a request, as App Service authentication writes it: Base64 of JSON with claims. Null where there is none, or what stands
 * there is not of its making. Whoever reads this must know that the platform writes the header, and takes away what callers send.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities#decode-the-client-principal-header
 */
export function principalOf(request: HttpRequest): Principal | null {
  const header = request.headers.get('x-ms-client-principal');
  if (header === null || header.length > LONGEST_HEADER) return null;
  try {
    const read = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as {
      readonly auth_typ?: unknown;
      readonly claims?: unknown;
      readonly name_typ?: unknown;
    };
    if (!Array.isArray(read.claims)) return null;
    const claims = (read.claims as readonly unknown[]).filter(isClaim);
    const isEntra = read.auth_typ === 'aad';
    return {
      name: nameIn(claims, read.name_typ),
      id: isEntra ? (claims.find(({ typ, val }) => ID_CLAIMS.includes(typ) && val !== '')?.val ?? null) : null,
      // Other providers know no app roles, and whoever administers them is not asked who may do what here.
      roles: isEntra ? claims.filter(({ typ }) => ROLE_CLAIMS.includes(typ)).map(({ val }) => val) : [],
    };
  } catch {
    return null;
  }
}

interface Claim {
  readonly typ: string;
  readonly val: string;
}

function isClaim(value: unknown): value is Claim {
  const { typ, val } = (value ?? {}) as Partial<Record<keyof Claim, unknown>>;
  return typeof typ === 'string' && typeof val === 'string';
}

function nameIn(claims: readonly Claim[], nameType: unknown): string | null {
  for (const wanted of [nameType, 'preferred_username', 'name', 'appid', 'azp', 'oid']) {
    const found = claims.find(({ typ, val }) => typ === wanted && val !== '');
    if (found !== undefined) return found.val.slice(0, LONGEST_NAME);
  }
  return null;
}
