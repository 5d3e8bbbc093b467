import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { SourceConfig } from '../../../config/schema/source';
import { describeRelation } from '../../../engine/describe-relation';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { EngineDiskFullError } from '../../../errors/engine-disk-full-error';
import { EngineError } from '../../../errors/engine-error';
import { reasonOf } from '../../../errors/reason-of';
import { UnreadableFileError } from '../../../errors/unreadable-file-error';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';
import { reconcileColumns } from '../../../steps/extract/reconcile-columns';
import type { SourceRelation } from '../../../steps/extract/source';
import { jsonPointer } from '../../../steps/json-pointer';
import { jsonRelation } from '../../json-relation';
import { pageFormat } from './read-page';

/** A page on the local disk, as it came. */
export interface SavedPage {
  readonly file: string;
  /** For people. */
  readonly label: string;
  readonly items: number;
}

export interface PagesRelationRequest {
  readonly pages: readonly SavedPage[];
  readonly columns: readonly Column[];
  readonly config: SourceConfig;
  readonly session: EngineSession;
  /** The connection's name, for errors. */
  readonly connection: string;
}

/** The items of all pages as relations; `_sluice_file` is the page, counted from 0. Throws `file-unreadable` naming the page. */
export async function pagesRelation(request: PagesRelationRequest): Promise<SourceRelation> {
  const format = pageFormat(request.config);
  if (format === 'csv') return csvRelation(request);
  const { pages, columns, config, session, connection } = request;
  const relations: string[] = [];
  for (const [index, page] of pages.entries()) relations.push(await texts(request, page, index, format));
  const queries = await jsonRelation({
    texts: relations.join(' UNION ALL '),
    columns,
    policy: config.schema.columns,
    label: (file) => pages[file]?.label ?? '',
    session,
    connection,
  });
  const stated = pages.reduce((sum, { items }) => sum + items, 0);
  return { ...queries, statedRows: format === 'json' ? stated : null };
}

/** The items of one page as texts, numbered once and kept, so that rows and rejects agree about numbers. */
async function texts(
  { config, session }: PagesRelationRequest,
  page: SavedPage,
  index: number,
  format: 'json' | 'ndjson',
): Promise<string> {
  const kept = join(session.scratchFolder, `items-${randomUUID()}.parquet`);
  const file = quoteLiteral(page.file);
  const keys = (config.request?.items ?? '').split('.').filter((key) => key !== '');
  const document = `json_extract(CAST(content AS JSON), ${quoteLiteral(jsonPointer(keys))})`;
  const items =
    format === 'json'
      ? `SELECT unnest(CAST(${keys.length === 0 ? 'CAST(content AS JSON)' : document} AS JSON[])) AS item FROM read_text(${file})`
      : `SELECT json AS item FROM read_ndjson_objects(${file})`;
  await named(page, () =>
    session.run(
      `COPY (SELECT ${index}::INTEGER AS f, row_number() OVER ()::BIGINT AS n, CAST(item AS VARCHAR) AS raw FROM (${items}))
       TO ${quoteLiteral(kept)} (FORMAT parquet)`,
    ),
  );
  return `SELECT f, n, raw FROM read_parquet(${quoteLiteral(kept)})`;
}

/** CSV pages each have a header, and are bound by its names. */
async function csvRelation({
  pages,
  columns,
  config,
  session,
  connection,
}: PagesRelationRequest): Promise<SourceRelation> {
  const format = config.format?.type === 'csv' ? config.format : null;
  const options =
    `header = true, all_varchar = true, delim = ${quoteLiteral(format?.delimiter ?? ',')}, quote = ${quoteLiteral(format?.quote ?? '"')}, ` +
    `escape = ${quoteLiteral(format?.quote ?? '"')}, strict_mode = true, null_padding = false, comment = '', ` +
    `nullstr = [${['', ...(format?.nullTokens ?? [])].map(quoteLiteral).join(', ')}], allow_quoted_nulls = false`;
  const selects: string[] = [];
  for (const [index, page] of pages.entries()) {
    const kept = join(session.scratchFolder, `rows-${randomUUID()}.parquet`);
    const relation = `read_csv(${quoteLiteral(page.file)}, ${options})`;
    const there = await named(page, () => describeRelation(session, `SELECT * FROM ${relation}`));
    reconcileColumns([{ path: page.label, columns: there }], config, false, connection);
    const names = new Set(there.map(({ name }) => name));
    const items = columns.map(({ name }) =>
      names.has(name) ? quoteIdentifier(name) : `CAST(NULL AS VARCHAR) AS ${quoteIdentifier(name)}`,
    );
    const place = `${index}::INTEGER AS ${SYSTEM_COLUMNS.file}, row_number() OVER ()::BIGINT AS ${SYSTEM_COLUMNS.row}`;
    await named(page, () =>
      session.run(
        `COPY (SELECT ${[...items, place].join(', ')} FROM ${relation}) TO ${quoteLiteral(kept)} (FORMAT parquet)`,
      ),
    );
    selects.push(`SELECT * FROM read_parquet(${quoteLiteral(kept)})`);
  }
  return { selectSql: selects.join(' UNION ALL '), rejectsSql: null, statedRows: null };
}

/** What the engine cannot read is the page's fault, and is told by the page's name. */
async function named<T>(page: SavedPage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError) || error instanceof EngineDiskFullError) throw error;
    throw new UnreadableFileError(
      `${page.label} cannot be read: ${reasonOf(error).replaceAll(page.file, page.label)}`,
      error,
    );
  }
}
