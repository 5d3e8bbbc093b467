import type { RpcHttpCookie } from '../worker/rpc';

/** A `Set-Cookie` header as ASP.NET Core writes it for the real host: path `/` by default, fixed order, value escaped. */
export function setCookie(cookie: RpcHttpCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const parts = [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    expires !== undefined && `expires=${new Date(expires * 1000).toUTCString()}`,
    cookie.maxAge?.value !== undefined && `max-age=${cookie.maxAge.value}`,
    cookie.domain?.value !== undefined && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value === true && 'secure',
    cookie.sameSite !== undefined &&
      cookie.sameSite !== 'none' &&
      `samesite=${cookie.sameSite === 'explicitNone' ? 'none' : cookie.sameSite}`,
    cookie.httpOnly?.value === true && 'httponly',
  ];
  return parts.filter((part) => part !== false).join('; ');
}
