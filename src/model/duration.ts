const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `30s` or `7d`. Throws `RangeError` for anything else. */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (!match) throw new RangeError(`'${text}' is no duration: write a number with ms, s, m, h or d`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
