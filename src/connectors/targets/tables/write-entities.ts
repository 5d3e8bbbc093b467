import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableClient, TransactionAction } from '@azure/data-tables';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { TargetConstraintError } from '../../../errors/target-constraint-error';
import { TargetValueError } from '../../../errors/target-value-error';
import type { StageRequest } from '../../../steps/load/target';
import { checkProperties, entityOf, entityText, keysOf, type TableEntity } from './entity-values';

/** What one entity-group transaction holds at most; 4 MiB with its envelope. https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const MOST_ENTITIES = 100;
const MOST_BYTES = 3 << 20;
const PAGE_ROWS = 1000;

/**
 * Upserts the rows of a partition in entity-group transactions and gives how many the service took. The service has no bulk format that the
 * engine could write, so rows pass through JavaScript, a page at a time.
 */
export async function writeEntities(client: TableClient, request: StageRequest, connection: string): Promise<number> {
  const { target, columns, engine, file } = request;
  checkProperties(columns, target, connection);
  const { partitionKey, rowKey } = keysOf(target);
  const [pk, rk] = [quoteIdentifier(partitionKey), quoteIdentifier(rowKey)];
  const sorted = join(engine.scratchFolder, `entities-${randomUUID()}.parquet`);
  const texts = columns.map((column, index) => `${entityText(column)} AS c${index}`).join(', ');
  const keys = columns.flatMap(({ name }, index) => (name === partitionKey || name === rowKey ? [`c${index}`] : []));
  try {
    await engine.run(
      `COPY (SELECT row_number() OVER (ORDER BY CAST(${pk} AS VARCHAR), CAST(${rk} AS VARCHAR)) AS n, ${texts}
         FROM read_parquet(${quoteLiteral(file)}) ORDER BY n) TO ${quoteLiteral(sorted)} (FORMAT parquet)`,
    );
    const relation = `read_parquet(${quoteLiteral(sorted)})`;
    // Signs that no key may hold, and the longest key there may be.
    const wrong = keys.map(
      (key) => `${key} IS NULL OR strlen(${key}) > 1024 OR regexp_matches(${key}, '[/\\\\#?\\x00-\\x1f\\x7f-\\x9f]')`,
    );
    const [bad] = await engine.rows<{ rows: bigint }>(
      `SELECT count(*) AS rows FROM ${relation} WHERE ${wrong.join(' OR ')}`,
    );
    if (Number(bad?.rows) > 0) {
      const message = `${bad?.rows} rows have no ${partitionKey} or ${rowKey}, or one with / \\ # ? or control characters, or of more than 1,024 bytes`;
      throw new TargetValueError(message, connection);
    }
    const [twice] = await engine.rows<{ keys: bigint }>(
      `SELECT count(*) AS keys FROM (SELECT 1 FROM ${relation} GROUP BY ${keys.join(', ')} HAVING count(*) > 1)`,
    );
    if (Number(twice?.keys) > 0)
      throw new TargetConstraintError(
        `${twice?.keys} pairs of ${partitionKey} and ${rowKey} are there more than once`,
        connection,
      );
    const [all] = await engine.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${relation}`);
    const batch = new Batch(client);
    for (let from = 0; from < Number(all?.rows); from += PAGE_ROWS) {
      const page = await engine.rows(
        `SELECT * FROM ${relation} WHERE n > ${from} AND n <= ${from + PAGE_ROWS} ORDER BY n`,
      );
      for (const row of page) await batch.add(entityOf(row, columns, target));
    }
    await batch.flush();
    return batch.written;
  } finally {
    await rm(sorted, { force: true });
  }
}

/** Entities of one PartitionKey that go together. */
class Batch {
  written = 0;
  private entities: TableEntity[] = [];
  private bytes = 0;

  constructor(private readonly client: TableClient) {}

  async add(entity: TableEntity): Promise<void> {
    const bytes = Buffer.byteLength(JSON.stringify(entity));
    const [first] = this.entities;
    const isFull = this.entities.length >= MOST_ENTITIES || this.bytes + bytes > MOST_BYTES;
    if (first !== undefined && (isFull || first.partitionKey !== entity.partitionKey)) await this.flush();
    this.entities.push(entity);
    this.bytes += bytes;
  }

  async flush(): Promise<void> {
    if (this.entities.length === 0) return;
    // Replace, so that a property which is null now does not keep its old value.
    const actions = this.entities.map((entity): TransactionAction => ['upsert', entity, 'Replace']);
    const { subResponses } = await this.client.submitTransaction(actions);
    this.written += subResponses.filter(({ status }) => status === 204).length;
    this.entities = [];
    this.bytes = 0;
  }
}
