/** What somebody looked at, as far as it must still be so: compared by digest, told in words. */
export interface Reviewed {
  /** SHA-256, lower-case hex. */
  readonly digest: string;
  /** In a few words, such as `3 files`. */
  readonly what: string;
}

/** What a run must find as somebody reviewed it; null where the review did not see it. */
export interface ReviewedWorld {
  readonly slice: Reviewed | null;
  readonly target: Reviewed | null;
}
