import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PageNotFoundError } from '../../errors/page-not-found-error';
import type { Route } from './handle';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};
/** The build puts a hash of the content into each name. */
const ASSET = /^[a-z]+(?:-[a-z]+)*-[A-Z0-9]{8}\.(js|css|svg)$/;
const FIX = 'Load the page again. On your own machine, run npm run build.';

/** Nothing from elsewhere, nothing inline, and nobody may frame it. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const SECURITY = {
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** `GET /api/dashboard`: the operators' page. It holds nothing of the app's: what it shows it asks the API for, as whoever looks at it. */
export const serveDashboard: Route = async ({ pagesFolder }, request) => {
  const page = await readFile(path.join(pagesFolder, 'dashboard', 'index.html'), 'utf8').catch(() => null);
  if (page === null) throw new PageNotFoundError('dashboard', FIX);
  const base = new URL(request.url).pathname.replace(/\/+$/, '');
  return {
    headers: {
      ...SECURITY,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': PAGE_POLICY,
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
      'X-Frame-Options': 'DENY',
      'Cache-Control': 'no-cache',
    },
    body: page.replaceAll('{{base}}', encodeURI(base)),
  };
};

/** `GET /api/dashboard/assets/{file}`: scripts and styles of the page; a name is one content for ever. */
export const serveDashboardAsset: Route = async ({ pagesFolder }, request) => {
  const file = request.params['file'] ?? '';
  const type = ASSET.exec(file)?.[1];
  const body =
    type === undefined
      ? null
      : await readFile(path.join(pagesFolder, 'dashboard', 'assets', file), 'utf8').catch(() => null);
  if (type === undefined || body === null) throw new PageNotFoundError(`dashboard/assets/${file}`, FIX);
  const headers = {
    ...SECURITY,
    'Content-Type': TYPES[type] ?? '',
    'Cache-Control': 'public, max-age=31536000, immutable',
  };
  return { headers, body };
};
