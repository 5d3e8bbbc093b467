import type { SourceConfig } from '../../../config/schema/source';
import { SourceSchemaError } from '../../../errors/source-schema-error';
import { UnreadableFileError } from '../../../errors/unreadable-file-error';
import type { Page } from './http-client';
import { valueAt } from './value-at';

export interface ReadPage {
  /** The parsed body; null for text formats. */
  readonly document: unknown;
  /** Items that the page holds. */
  readonly items: number;
}

/** How the pages of a source are written; JSON unless it says otherwise. */
export function pageFormat({ format }: SourceConfig): 'json' | 'ndjson' | 'csv' {
  return format === undefined || format.type === 'parquet' ? 'json' : format.type;
}

/**
 * Looks into a page as far as pagination and counting need it. The rows themselves are read by the engine, from the same bytes.
 * Throws `file-unreadable` and `source-schema-mismatch`.
 */
export function readPage(page: Page, config: SourceConfig, connection: string): ReadPage {
  const name = `${page.url.origin}${page.url.pathname}`;
  const text = page.body.toString('utf8');
  const format = pageFormat(config);
  if (format !== 'json') {
    const lines = text.split('\n').filter((line) => line.trim() !== '').length;
    return { document: null, items: format === 'csv' ? Math.max(0, lines - 1) : lines };
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UnreadableFileError(`${name} does not answer with JSON`);
  }
  const path = config.request?.items ?? '';
  const list = valueAt(document, path);
  if (!Array.isArray(list)) {
    const where = path === '' ? 'The answer' : `'${path}' of the answer`;
    throw new SourceSchemaError(
      `${where} of ${name} is no list: say in source.request.items where it stands`,
      connection,
    );
  }
  return { document, items: list.length };
}
