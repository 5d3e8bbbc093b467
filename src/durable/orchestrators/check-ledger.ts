import { imbalance, type Counts } from '../../model/counts';

/** What the parts of a pipeline counted, each where the rows were. */
export interface LedgerFigures {
  /** Rows that extraction found in the source. */
  readonly extracted: number;
  /** Counts after validation. */
  readonly counts: Counts;
  /** Rows that the target says were loaded; null before the publish. */
  readonly published: number | null;
}

/** Says what does not balance; null when everything does. */
export function checkLedger({ extracted, counts, published }: LedgerFigures): string | null {
  const difference = imbalance(counts);
  if (difference !== 0) {
    return `${counts.read + counts.generated} rows came in and ${difference} of them are not accounted for`;
  }
  if (extracted !== counts.read) return `extraction read ${extracted} rows and the transform was given ${counts.read}`;
  if (published !== null && published !== counts.loaded) {
    return `${counts.loaded} rows were to be loaded and the target took ${published}`;
  }
  return null;
}
