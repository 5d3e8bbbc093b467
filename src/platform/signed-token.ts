import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token says: who may do what until when. */
export interface TokenClaims {
  readonly group: string;
  readonly channel: string;
  /** Seconds since 1970. */
  readonly expires: number;
  /** Tells tokens apart, so that each is used once. */
  readonly nonce: string;
}

/** Shorter ones can be guessed. */
export const LEAST_SECRET = 32;

/** A text safe in addresses that only whoever has the secret can make. The same claims give the same token. */
export function signToken(claims: TokenClaims, secret: string): string {
  const body = Buffer.from(JSON.stringify([claims.group, claims.channel, claims.expires, claims.nonce])).toString(
    'base64url',
  );
  return `${body}.${signatureOf(body, secret)}`;
}

/** The claims of a token of ours, whether it has expired or not; null for anything else. */
export function readToken(token: string, secret: string): TokenClaims | null {
  const match = /^([\w-]{1,600})\.([\w-]{43})$/.exec(token);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const expected = Buffer.from(signatureOf(match[1], secret));
  if (!timingSafeEqual(expected, Buffer.from(match[2]))) return null;
  const [group, channel, expires, nonce] = JSON.parse(Buffer.from(match[1], 'base64url').toString('utf8')) as [
    string,
    string,
    number,
    string,
  ];
  return { group, channel, expires, nonce };
}

/** Not to be foreseen without the secret. */
export function nonceOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(`nonce\n${text}`).digest('base64url').slice(0, 22);
}

function signatureOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(`token\n${body}`).digest('base64url');
}
