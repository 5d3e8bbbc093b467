/** Most entries of each kind that the result of a pipeline keeps. */
export const MOST_FIGURES = 50;

/** What a lookup found. Rows are those that took part when it ran. */
export interface LookupCounts {
  /** Index of its step in `transform`. */
  readonly step: number;
  /** As in the reasons: `lookup(airports)`. */
  readonly name: string;
  /** The reference that it read: a pipeline, or `file:` and a path. */
  readonly from: string;
  readonly rows: number;
  readonly matched: number;
  readonly missing: number;
}

/** What a lookup found, and how its reference came near. */
export interface LookupFigures extends LookupCounts {
  /** First 12 hex digits of the reference's SHA-256. */
  readonly generation: string;
  /** Partitions that found the reference on the disk of their worker. */
  readonly cacheHits: number;
  /** Partitions that had to fetch it. */
  readonly cacheMisses: number;
}

/** To how many rows a rule applied. */
export interface RuleFigures {
  /** Index of its step in `transform`. */
  readonly step: number;
  readonly name: string;
  readonly reason: string | null;
  readonly rows: number;
}
