import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceConfig } from '../../../config/schema/source';
import type { EngineSession } from '../../../engine/engine-session';
import { SourceRequestError } from '../../../errors/source-request-error';
import type { Column } from '../../../model/column';
import type { Partition } from '../../../model/slice';
import { reconcileColumns } from '../../../steps/extract/reconcile-columns';
import type { Source, SourcePlan, SourcePlanRequest, SourceRelation } from '../../../steps/extract/source';
import { HTTP_SOURCE } from '../../capabilities';
import { HttpClient, type HttpClientOptions } from './http-client';
import { nextPage } from './next-page';
import { pagesRelation, type SavedPage } from './pages-relation';
import { readPage } from './read-page';

interface HttpPartitionSpec {
  readonly columns: readonly Column[];
}

/**
 * A web API, page by page. Pages follow each other, so a run reads them in one partition; the columns are those that the pipeline
 * declares, since an API has no header that could be read without its rows.
 */
export class HttpSource implements Source {
  readonly kind = 'http';
  readonly capabilities = HTTP_SOURCE;
  private readonly client: HttpClient;

  constructor(private readonly options: HttpClientOptions) {
    this.client = new HttpClient(options);
  }

  async plan({ config }: SourcePlanRequest): Promise<SourcePlan> {
    const columns = reconcileColumns([], config, false, this.options.connection);
    const label = this.first(config).pathname;
    const spec: HttpPartitionSpec = { columns };
    const partition = { index: 0, label, spec, estimatedRows: null, estimatedBytes: null };
    return { outcome: 'planned', slice: { kind: 'full' }, partitions: [partition], columns, notes: [] };
  }

  async open(partition: Partition, config: SourceConfig, session: EngineSession): Promise<SourceRelation> {
    // Made by `plan` and carried unchanged in an immutable blob.
    const { columns } = partition.spec as HttpPartitionSpec;
    const pages = await this.savePages(config, session.scratchFolder);
    return pagesRelation({ pages, columns, config, session, connection: this.options.connection });
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

  private async savePages(config: SourceConfig, folder: string): Promise<SavedPage[]> {
    const { connection } = this.options;
    const maxPages = config.request?.maxPages ?? 1;
    const first = this.first(config);
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

  private first({ request, pagination }: SourceConfig): URL {
    const query = Object.entries(request?.query ?? {}).map(([name, value]) => [name, String(value)]);
    const url = this.client.address(request?.path ?? '', Object.fromEntries(query) as Record<string, string>);
    if (pagination?.by === 'page') url.searchParams.set(pagination.parameter, String(pagination.start));
    if (pagination?.by === 'offset') url.searchParams.set(pagination.parameter, '0');
    return url;
  }
}

function refused(url: URL, reason: string, connection: string): SourceRequestError {
  return new SourceRequestError(`${url.origin}${url.pathname}`, connection, new Error(reason));
}
