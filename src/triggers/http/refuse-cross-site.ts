import type { HttpRequest } from '@azure/functions';
import { CrossSiteRequestError } from '../../errors/cross-site-request-error';

/** Typed into the address bar, or asked for by a page of the app itself. Other ports of this machine are another page, though the same site. */
const OUR_OWN: readonly string[] = ['same-origin', 'none'];

/**
 * Refuses what a page of somebody else has a browser send: it would come with the session of whoever looks at that page, or from the machine on which
 * nobody has to sign in. Browsers say so by themselves and let no page say otherwise; programs say nothing.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 * @throws {CrossSiteRequestError}
 */
export function refuseCrossSite(request: HttpRequest, method: string): void {
  const site = request.headers.get('sec-fetch-site');
  if (method !== 'GET' && site !== null && !OUR_OWN.includes(site)) throw new CrossSiteRequestError();
}
