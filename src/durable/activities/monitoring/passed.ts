import type { ScheduleCursorStore } from '../../../state/stores';

/** Whether so much time has passed since it was true the last time; of several that ask at once, one is told so. */
export async function passed(
  cursors: ScheduleCursorStore,
  name: string,
  everyMs: number,
  now: string,
): Promise<boolean> {
  const before = await cursors.get(name);
  if (before !== null && Date.parse(now) - Date.parse(before) < everyMs) return false;
  return cursors.move(name, before, now);
}
