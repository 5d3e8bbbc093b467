import { imbalance, type Counts } from '../model/counts';

/** What one of the runs that a release is of kept out of the target. */
export interface ReleaseOrigin {
  readonly runId: string;
  /** Rows that the run quarantined; null when its record is no longer there. */
  readonly quarantined: number | null;
}

/** What became of released rows, beside what the runs that quarantined them say. */
export interface ReleaseBalance {
  readonly release: string;
  readonly releaseOf: readonly ReleaseOrigin[];
  /** Rows that the release run took in. */
  readonly released: number;
  readonly loaded: number;
  /** Rows that failed again: they are in a new batch, of the release run. */
  readonly quarantinedAgain: number;
  /** Rows that steps left out or folded, less those that steps made. */
  readonly otherwise: number;
  /** Rows of the origins that this release does not hold: under review still, discarded, or in another release. Null when not known. */
  readonly notInThisRelease: number | null;
  /** Whether released = loaded + quarantined again + otherwise, by the figures of every step, and no more was released than was quarantined. */
  readonly balanced: boolean;
}

/** Puts the ledger of a release run beside those of the runs that it is of. */
export function releaseBalance(release: string, counts: Counts, releaseOf: readonly ReleaseOrigin[]): ReleaseBalance {
  const known = releaseOf.every(({ quarantined }) => quarantined !== null);
  const kept = releaseOf.reduce((sum, { quarantined }) => sum + (quarantined ?? 0), 0);
  const { read, loaded, quarantined, filtered, deduplicated, collapsed, generated } = counts;
  const notInThisRelease = known ? kept - read : null;
  return {
    release,
    releaseOf,
    released: read,
    loaded,
    quarantinedAgain: quarantined,
    otherwise: filtered + deduplicated + collapsed - generated,
    notInThisRelease,
    balanced: imbalance(counts) === 0 && (notInThisRelease === null || notInThisRelease >= 0),
  };
}
