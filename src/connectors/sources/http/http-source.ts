import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceConfig } from '../../../config/schema/source';
import type { EngineSession } from '../../../engine/engine-session';
import { SourceRequestError } from '../../../errors/source-request-error';
import type { Partition } from '../../../model/slice';
import { reconcileColumns } from '../../../steps/extract/reconcile-columns';
import type { Source, SourcePlan, SourcePlanRequest, SourceRelation } from '../../../steps/extract/source';
import { HTTP_SOURCE } from '../../capabilities';
import type { Since } from '../../cursor/text-cursor';
import { openTextSlice, planTextSlice, type TextSource } from '../../cursor/text-slice';
import { HttpClient, type HttpClientOptions } from './http-client';
import { nextPage } from './next-page';
import { pagesRelation, type SavedPage } from './pages-relation';
import { readPage } from './read-page';
import { sinceText } from './since-text';

/**
 * A web API, page by page. Pages follow each other, so a run reads them in one partition; the columns are those that the pipeline
 * declares, since an API has no header that could be read without its rows. By a column, what is new is asked for twice: an API says its
 * highest value with its rows only, and the extraction takes nothing beyond what was planned.
 */
export class HttpSource implements Source {
  readonly kind = 'http';
  readonly capabilities = HTTP_SOURCE;
  private readonly client: HttpClient;

  constructor(private readonly options: HttpClientOptions) {
    this.client = new HttpClient(options);
  }

  async plan(request: SourcePlanRequest): Promise<SourcePlan> {
    const columns = reconcileColumns([], request.config, false, this.options.connection);
    return planTextSlice(this.texts(), request, columns);
  }

  async open(
    partition: Partition,
    config: SourceConfig,
    session: EngineSession,
    seenFile: string | null = null,
  ): Promise<SourceRelation> {
    return openTextSlice(this.texts(), partition, config, session, seenFile);
  }

  async test(): Promise<readonly string[]> {
    const { config } = this.options;
    const { url } = await this.client.get(this.client.address(''));
    return [
      `${url.host} answers.`,
      config.auth.type === 'none'
        ? 'It is asked without credentials.'
        : `Its ${config.auth.type} credentials are taken.`,
    ];
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}

  private texts(): TextSource {
    const { connection } = this.options;
    return {
      connection,
      label: (config) => this.first(config, null).pathname,
      read: async (config, columns, since, session) => {
        const pages = await this.savePages(config, since, session.scratchFolder);
        return pagesRelation({ pages, columns, config, session, connection });
      },
    };
  }

  private async savePages(config: SourceConfig, since: Since | null, folder: string): Promise<SavedPage[]> {
    const { connection } = this.options;
    const maxPages = config.request?.maxPages ?? 1;
    const first = this.first(config, since);
    const asked = new Set<string>();
    const pages: SavedPage[] = [];
    let total = 0;
    for (let url: URL | null = first; url !== null;) {
      if (asked.has(url.href)) throw refused(url, 'its pages lead back to a page that was read', connection);
      if (pages.length >= maxPages) throw refused(url, `there are more than ${maxPages} pages`, connection);
      asked.add(url.href);
      const page = await this.client.get(url);
      const { document, items } = readPage(page, config, connection);
      const file = join(folder, `page-${randomUUID()}`);
      await writeFile(file, page.body);
      pages.push({ file, label: `${url.pathname} page ${pages.length + 1}`, items });
      total += items;
      url = nextPage(config.pagination, page, { items, pages: pages.length, total, document }, first, this.client);
    }
    return pages;
  }

  private first({ request, pagination }: SourceConfig, since: Since | null): URL {
    const query = Object.entries(request?.query ?? {}).map(([name, value]) => [name, String(value)]);
    const url = this.client.address(request?.path ?? '', Object.fromEntries(query) as Record<string, string>);
    if (request?.since !== undefined && since !== null) {
      url.searchParams.set(request.since.parameter, sinceText(since, request.since.format));
    }
    if (pagination?.by === 'page') url.searchParams.set(pagination.parameter, String(pagination.start));
    if (pagination?.by === 'offset') url.searchParams.set(pagination.parameter, '0');
    return url;
  }
}

function refused(url: URL, reason: string, connection: string): SourceRequestError {
  return new SourceRequestError(`${url.origin}${url.pathname}`, connection, new Error(reason));
}
