/** The middle of the values; 0 where there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** Makes the median of distances comparable with a standard deviation, for values that scatter normally. */
const NORMAL = 1.4826;

/** How far values lie from their middle, by the median of the distances: one run that went astray does not move it. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return NORMAL * median(values.map((value) => Math.abs(value - middle)));
}
