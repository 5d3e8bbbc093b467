import type { PaginationConfig } from '../../../config/schema/source';
import type { HttpClient, Page } from './http-client';
import { valueAt } from './value-at';

/** What a page says about the one after it. */
export interface PageFacts {
  /** Items that the page holds. */
  readonly items: number;
  /** Pages read so far, this one included. */
  readonly pages: number;
  /** Items read so far, this page's included. */
  readonly total: number;
  /** The parsed body; null for text formats. */
  readonly document: unknown;
}

/** The address of the next page; null after the last. `first` is the address of the first page. */
export function nextPage(
  pagination: PaginationConfig | undefined,
  page: Page,
  facts: PageFacts,
  first: URL,
  client: HttpClient,
): URL | null {
  if (pagination === undefined) return null;
  switch (pagination.by) {
    case 'link': {
      const link = nextLink(page.headers.get('link') ?? '');
      return link === null ? null : client.follow(link, page.url);
    }
    case 'cursor': {
      const cursor = valueAt(facts.document, pagination.cursor);
      if ((typeof cursor !== 'string' && typeof cursor !== 'number') || cursor === '') return null;
      const text = String(cursor);
      if (pagination.parameter === undefined) return client.follow(text, page.url);
      return withParameter(first, pagination.parameter, text);
    }
    case 'page': {
      if (facts.items < (pagination.size ?? 1)) return null;
      return withParameter(first, pagination.parameter, String(pagination.start + facts.pages));
    }
    case 'offset': {
      if (facts.items < (pagination.size ?? 1)) return null;
      return withParameter(first, pagination.parameter, String(facts.total));
    }
  }
}

function withParameter(url: URL, name: string, value: string): URL {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next;
}

/** The target of `rel="next"` in a Link header (RFC 8288). */
function nextLink(header: string): string | null {
  for (const [, target = '', parameters = ''] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[^,;"=]+(?:=(?:"[^"]*"|[^\s,;"]*))?)*)/g,
  )) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    const names = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/);
    if (names.includes('next')) return target;
  }
  return null;
}
