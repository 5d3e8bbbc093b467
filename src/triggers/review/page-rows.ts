import type { ReviewState, RowPlace, RowReview } from '../../model/quarantine-review';
import { untouched } from '../../model/quarantine-review';
import type { QuarantinedQuery, QuarantinedRow } from '../../model/quarantined-row';
import type { QuarantineBatch } from '../../state/stores';
import type { TriggerServices } from '../trigger-services';

/** A quarantined row and what was decided about it. */
export interface ReviewedRow {
  readonly quarantined: QuarantinedRow;
  readonly review: RowReview;
}

export type RowFilter = Omit<QuarantinedQuery, 'after' | 'limit'> & { readonly state?: ReviewState };

/** Rows read at once while looking for those in a state. */
const CHUNK = 1000;

/** Rows of a batch in its order, from behind a place on; those in a state are looked for until there are enough. */
export async function pageRows(
  services: Pick<TriggerServices, 'quarantine' | 'stores'>,
  batch: QuarantineBatch,
  id: string,
  { state, ...filter }: RowFilter,
  { after, limit }: { readonly after: RowPlace | null; readonly limit: number },
): Promise<{ readonly rows: readonly ReviewedRow[]; readonly next: RowPlace | null }> {
  const rows: ReviewedRow[] = [];
  const chunk = state === undefined ? limit : Math.max(limit, CHUNK);
  for (let from = after; ;) {
    const page = await services.quarantine.read(batch, { ...filter, after: from, limit: chunk });
    for (const { quarantined, review } of await withReviews(services, id, page)) {
      if (state !== undefined && review.state !== state) continue;
      rows.push({ quarantined, review });
      if (rows.length === limit) return { rows, next: placeOf(quarantined) };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < chunk) return { rows, next: null };
    from = placeOf(last);
  }
}

async function withReviews(
  { stores }: Pick<TriggerServices, 'stores'>,
  id: string,
  page: readonly QuarantinedRow[],
): Promise<ReviewedRow[]> {
  const [first] = page;
  const last = page.at(-1);
  if (first === undefined || last === undefined) return [];
  const known = new Map<string, RowReview>();
  for await (const { value } of stores.reviews.rows(id, placeOf(first))) {
    if (value.file > last.file || (value.file === last.file && value.row > last.row)) break;
    known.set(`${value.file}-${value.row}`, value);
  }
  return page.map((quarantined) => ({
    quarantined,
    review: known.get(`${quarantined.file}-${quarantined.row}`) ?? untouched(quarantined),
  }));
}

function placeOf({ file, row }: RowPlace): RowPlace {
  return { file, row };
}
