import type { Route } from './handle';
import { addressOf } from './handle';
import { DESCRIPTIONS } from './openapi/descriptions';
import { openApiDocument, type ApiDocument } from './openapi/openapi-document';
import { API_PAGE_POLICY, renderApiPage } from './openapi/render-api-page';
import type { HttpRoute } from './http-route';

const FOR_A_WHILE = { 'Cache-Control': 'public, max-age=300' };

/** `GET /api/openapi.json`: every route of the app as OpenAPI 3.1. */
export function describeApi(routes: () => readonly HttpRoute[]): Route {
  const documentOf = documents(routes);
  return async (_services, request) => ({ headers: FOR_A_WHILE, jsonBody: documentOf(addressOf(request, '')) });
}

/** `GET /api/docs`: the same to read. */
export function describeApiAsPage(routes: () => readonly HttpRoute[]): Route {
  const documentOf = documents(routes);
  return async (_services, request) => ({
    headers: {
      ...FOR_A_WHILE,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': API_PAGE_POLICY,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
    body: renderApiPage(documentOf(addressOf(request, ''))),
  });
}

/** The document by the address that the routes are below; made once, since routes do not change while the app runs. */
function documents(routes: () => readonly HttpRoute[]): (prefix: string) => ApiDocument {
  let made: { readonly prefix: string; readonly document: ApiDocument } | undefined;
  return (prefix) => {
    if (made?.prefix !== prefix) {
      made = { prefix, document: openApiDocument(routes(), DESCRIPTIONS, prefix.replace(/\/$/, '')) };
    }
    return made.document;
  };
}
