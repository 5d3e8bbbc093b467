import { odata, type TableClient } from '@azure/data-tables';
import { TargetValueError } from '../../../errors/target-value-error';
import type { Column } from '../../../model/column';
import type { LedgerEntry } from '../../../steps/load/target';
import { statusOf } from '../../target-storage-error-of';

/** The table that holds the ledger: one entity for each load, under its pipeline. */
export const LEDGER_TABLE = 'sluiceledger';

export interface EntityLoad extends LedgerEntry {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Made anew for each attempt to publish: tells after a lost answer whether it was this attempt. */
  readonly attempt: string;
}

/** A property holds 64 KiB, which is 32,768 characters; an entity has room for 30 of them. */
const CHUNK = 30_000;
const MOST_CHUNKS = 15;

/** Makes a table when it is not there. */
export async function ensureTable(client: TableClient): Promise<void> {
  // The client takes the answer that it is there already for success.
  await client.createTable();
}

/** Entries of a pipeline newer than a load, oldest first; none where the ledger was never made. */
export async function readLoads(client: TableClient, pipeline: string, load: number): Promise<EntityLoad[]> {
  const found: EntityLoad[] = [];
  try {
    const filter = odata`PartitionKey eq ${pipeline} and RowKey gt ${rowKeyOf(load)}`;
    for await (const entity of client.listEntities({ queryOptions: { filter } })) {
      const chunks: string[] = [];
      for (let index = 0; typeof entity[`json${index}`] === 'string'; index += 1)
        chunks.push(String(entity[`json${index}`]));
      found.push(JSON.parse(chunks.join('')) as EntityLoad);
    }
  } catch (error) {
    if (statusOf(error) === 404) return [];
    throw error;
  }
  return found;
}

/** Inserts an entry; false when there is one with its load already. Throws `target-value-refused` when it is too large. */
export async function insertLoad(client: TableClient, entry: EntityLoad, connection: string): Promise<boolean> {
  const json = JSON.stringify(entry);
  if (json.length > CHUNK * MOST_CHUNKS) {
    const message = `the ledger entry of ${entry.runId} has ${json.length} characters, and an entity holds ${CHUNK * MOST_CHUNKS}: take fewer files in one run`;
    throw new TargetValueError(message, connection);
  }
  const chunks: Record<string, string> = {};
  for (let at = 0, index = 0; at < json.length; at += CHUNK, index += 1)
    chunks[`json${index}`] = json.slice(at, at + CHUNK);
  try {
    await client.createEntity({ partitionKey: entry.pipeline, rowKey: rowKeyOf(entry.load), ...chunks });
    return true;
  } catch (error) {
    if (statusOf(error) === 409) return false;
    throw error;
  }
}

/** Load ids as texts that sort as numbers. */
function rowKeyOf(load: number): string {
  return String(load).padStart(16, '0');
}
