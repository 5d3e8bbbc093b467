/** Whether so many groups were made of late that a further one is told of together with others. Times are milliseconds since 1970. */
export function isStorm(
  madeAt: readonly number[],
  { most, perMs }: { readonly most: number; readonly perMs: number },
  nowMs: number,
): boolean {
  return madeAt.filter((at) => at > nowMs - perMs).length >= most;
}
