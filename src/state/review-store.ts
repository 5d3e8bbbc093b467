import { isDeepStrictEqual } from 'node:util';
import { NEW_BATCH_REVIEW, type BatchReview, type RowPlace, type RowReview } from '../model/quarantine-review';
import { fromProperties, toProperties } from './json-property';
import { ascending, safeKey } from './keys';
import type { ArtifactStore, ReviewStore, Versioned } from './stores';
import type { Entity, ReadEntity, Table } from './table';

const BATCH = 'batch';
/** Row keys of rows begin with this, and end before the next letter; those of their history with the next. */
const ROWS = 'r:';
const HISTORY = 'h:';

/** Reviews in a table: a partition for each batch, with the batch's own row, one for each row that was touched, and its history. */
export class TableReviewStore implements ReviewStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async batch(id: string): Promise<Versioned<BatchReview>> {
    const entity = await this.table.get(safeKey(id), BATCH);
    if (entity === null) return { value: NEW_BATCH_REVIEW, etag: null };
    return { value: await this.read<BatchReview>(entity), etag: entity.etag };
  }

  async saveBatch(id: string, review: BatchReview, etag: string | null): Promise<boolean> {
    const entity = { partitionKey: safeKey(id), rowKey: BATCH, ...(await toProperties(this.blobs, 'value', review)) };
    if (await (etag === null ? this.table.insert(entity) : this.table.replace(entity, etag))) return true;
    return isSame((await this.batch(id)).value, review);
  }

  async row(id: string, place: RowPlace): Promise<Versioned<RowReview> | null> {
    const entity = await this.table.get(safeKey(id), ROWS + placeKey(place));
    return entity === null ? null : { value: await this.read<RowReview>(entity), etag: entity.etag };
  }

  async *rows(id: string, from?: RowPlace): AsyncGenerator<Versioned<RowReview>> {
    const after = from === undefined ? ROWS : ROWS + beforeKey(from);
    for await (const entity of this.table.rows(safeKey(id), { after, below: 'r;' })) {
      yield { value: await this.read<RowReview>(entity), etag: (entity as ReadEntity).etag };
    }
  }

  async saveRow(id: string, review: RowReview, etag: string | null): Promise<boolean> {
    const partitionKey = safeKey(id);
    const key = placeKey(review);
    const value = await toProperties(this.blobs, 'value', review);
    const history = { partitionKey, rowKey: `${HISTORY}${key}:${ascending(review.version)}`, ...value };
    if (await this.table.insertAndReplace(history, { partitionKey, rowKey: ROWS + key, ...value }, etag)) return true;
    return isSame((await this.row(id, review))?.value, review);
  }

  async history(id: string, place: RowPlace): Promise<readonly RowReview[]> {
    const key = `${HISTORY}${placeKey(place)}`;
    const found: RowReview[] = [];
    for await (const entity of this.table.rows(safeKey(id), { after: `${key}:`, below: `${key};` })) {
      found.push(await this.read<RowReview>(entity));
    }
    return found;
  }

  private async read<T>(entity: Entity): Promise<T> {
    const value = await fromProperties<T>(this.blobs, 'value', entity);
    if (value === undefined) throw new RangeError(`The row ${entity.rowKey} of a review has no value.`);
    return value;
  }
}

/**
 * Whether what stands there is what was to be written: the answer to a write can get lost, and the client then repeats it and is told that
 * somebody else was faster.
 */
function isSame(stored: unknown, written: unknown): boolean {
  return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(written)));
}

/** Sorts as the rows of a batch do: by file, which may be -1, then by row. */
function placeKey({ file, row }: RowPlace): string {
  return `${ascending(file + 1)}:${ascending(row)}`;
}

/** Less than the key of the place, and not less than that of any place before. */
function beforeKey(place: RowPlace): string {
  return (
    placeKey(place).slice(0, -1) + String.fromCharCode(placeKey(place).charCodeAt(placeKey(place).length - 1) - 1) + '~'
  );
}
