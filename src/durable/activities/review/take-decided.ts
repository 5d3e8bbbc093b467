import type { RowReview } from '../../../model/quarantine-review';
import type { ReviewStore, Versioned } from '../../../state/stores';

/**
 * Marks decided rows of a batch as taken by a release, `most` of them at most, and gives all that it has taken. What is beyond stays decided, for the next one.
 * Repeated, it takes no more: what an attempt before had taken counts first.
 */
export async function takeDecided(
  reviews: ReviewStore,
  batch: string,
  release: string,
  most: number,
): Promise<RowReview[]> {
  const taken: RowReview[] = [];
  const decided: Versioned<RowReview>[] = [];
  for await (const row of reviews.rows(batch)) {
    if (row.value.state === 'releasing' && row.value.release === release) taken.push(row.value);
    if (row.value.state === 'decided') decided.push(row);
  }
  for (const { value, etag } of decided) {
    if (taken.length >= most) break;
    const next: RowReview = { ...value, state: 'releasing', release, version: value.version + 1 };
    // Somebody who decides anew at this moment wins: the row stays for the next release.
    if (await reviews.saveRow(batch, next, etag)) taken.push(next);
  }
  return taken.toSorted((one, other) => one.file - other.file || one.row - other.row);
}
