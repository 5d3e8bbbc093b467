import type { TableClient } from '@azure/data-tables';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SourceConfig } from '../../../config/schema/source';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteLiteral } from '../../../engine/quote-literal';
import type { Column } from '../../../model/column';
import type { Partition } from '../../../model/slice';
import { reconcileColumns } from '../../../steps/extract/reconcile-columns';
import type { Source, SourcePlan, SourcePlanRequest, SourceRelation } from '../../../steps/extract/source';
import { TABLES_SOURCE } from '../../capabilities';
import type { Since } from '../../cursor/text-cursor';
import { openTextSlice, planTextSlice, type TextSource } from '../../cursor/text-slice';
import { jsonRelation } from '../../json-relation';
import { storageErrorOf } from '../../storage-error-of';
import { entityLine } from './entity-line';

export interface TablesSourceOptions {
  /** The client of one table of the account. */
  client(table: string): TableClient;
  /** The connection's name, for errors. */
  readonly connection: string;
}

const PAGE_SIZE = 1000;

/**
 * A table of Azure Table storage, or those entities that a filter of the pipeline's author takes. Entities have no common columns, so
 * the pipeline declares them; `PartitionKey`, `RowKey` and `Timestamp` are among what may be declared. Pages follow each other, so a
 * run reads them in one partition.
 */
export class TablesSource implements Source {
  readonly kind = 'tables';
  readonly capabilities = TABLES_SOURCE;

  constructor(private readonly options: TablesSourceOptions) {}

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
    const { connection } = this.options;
    // Any table will do: an account that answers says that this one is not there.
    const client = this.options.client('sluiceconnectiontest');
    try {
      await client.getEntity('none', 'none');
    } catch (error) {
      const { statusCode } = error as { statusCode?: unknown };
      if (statusCode !== 404) throw storageErrorOf(error, new URL(client.url).host, connection);
    }
    return [`The tables of ${new URL(client.url).host} can be read.`];
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}

  private texts(): TextSource {
    const { connection } = this.options;
    return {
      connection,
      label: ({ table }) => table ?? '',
      read: (config, columns, since, session) => this.read(config, columns, since, session),
    };
  }

  private async read(
    config: SourceConfig,
    columns: readonly Column[],
    since: Since | null,
    session: EngineSession,
  ): Promise<SourceRelation> {
    const table = config.table ?? '';
    const lines = join(session.scratchFolder, `entities-${randomUUID()}.ndjson`);
    const rows = await this.save(table, filterSince(config.filter, since), lines);
    const texts = join(session.scratchFolder, `texts-${randomUUID()}.parquet`);
    // Numbered once and kept, so that rows and rejects agree about numbers.
    await session.run(
      `COPY (SELECT 0::INTEGER AS f, row_number() OVER ()::BIGINT AS n, CAST(json AS VARCHAR) AS raw
       FROM read_ndjson_objects(${quoteLiteral(lines)}, maximum_object_size = 16777216)) TO ${quoteLiteral(texts)} (FORMAT parquet)`,
    );
    const queries = await jsonRelation({
      texts: `SELECT f, n, raw FROM read_parquet(${quoteLiteral(texts)})`,
      columns,
      policy: config.schema.columns,
      label: () => table,
      session,
      connection: this.options.connection,
    });
    return { ...queries, statedRows: rows };
  }

  /** Writes the entities as one JSON object a line, their values as text; gives how many there are. */
  private async save(table: string, filter: string | undefined, file: string): Promise<number> {
    const client = this.options.client(table);
    let rows = 0;
    const lines = async function* (): AsyncGenerator<string> {
      const queryOptions = filter === undefined ? {} : { filter };
      const pages = client
        .listEntities({ queryOptions, disableTypeConversion: true })
        .byPage({ maxPageSize: PAGE_SIZE });
      for await (const page of pages) {
        rows += page.length;
        yield page.map(entityLine).join('');
      }
    };
    try {
      await pipeline(Readable.from(lines()), createWriteStream(file));
    } catch (error) {
      throw storageErrorOf(error, table, this.options.connection);
    }
    return rows;
  }
}

/**
 * The filter with the lower end of a slice. Only `Timestamp`, which the service keeps, is sure to be on every entity and to have the type
 * that a filter must name: by other properties the whole table is read.
 */
function filterSince(filter: string | undefined, since: Since | null): string | undefined {
  if (since?.column !== 'Timestamp' || since.type !== 'timestamptz') return filter;
  const newer = `Timestamp ge datetime'${since.from.replace(' ', 'T').replace(/\+00$/, 'Z')}'`;
  return filter === undefined ? newer : `(${filter}) and ${newer}`;
}
