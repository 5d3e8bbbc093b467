/** What the hidden key columns of a deduplicate step begin with. */
export const KEY_PREFIX = '_sluice_key_';

/**
 * Columns that a row carries through the transform beside the user's own. User columns cannot begin with `_sluice_`.
 * `out` says why a row takes no further part; `failed(n)` are words of a bit set, one bit for each reason of the pipeline.
 */
export const HIDDEN = {
  out: '_sluice_out',
  contends: '_sluice_contends',
  /** Whether a reviewer approved the row as it is: its checks and lookups are noted and take it out no more. */
  waived: '_sluice_waived',
  failed: (word: number): string => `_sluice_failed_${word}`,
  key: (index: number): string => `${KEY_PREFIX}${index}`,
  order: (index: number): string => `_sluice_order_${index}`,
} as const;

/** Values of `HIDDEN.out`. Failed checks do not take a row out: all checks see it, and its bits decide at the end. */
export const OUT = { none: 0, filtered: 1, failedStep: 2, deduplicated: 3 } as const;

/** Bits in one word: what fits a signed 64-bit integer, with room to add. */
export const WORD_BITS = 62;

/**
 * What a reshaping step says of each row that it made: `aggregate` the number of rows folded into it, `unnest` the place of its element,
 * from 1, or 0 for a row without elements.
 */
export const RESHAPE_COUNT = '_sluice_reshape_count';

/** `_sluice_file` of rows that were made of rows of many files. */
export const NO_FILE = -1;
