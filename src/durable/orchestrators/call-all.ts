import type { OrchestrationContext, Task } from 'durable-functions';
import type { Durable } from './durable';

/**
 * Runs fresh tasks at once and waits for all of them, whatever becomes of each. `Task.all` gives up at the first error
 * and leaves the others running; so after an error each task is awaited by itself, which schedules nothing again: the
 * SDK knows them as scheduled and those that ended as ended.
 */
export function* callAll<T>(
  context: OrchestrationContext,
  start: readonly (() => Task)[],
  whenLost: (error: unknown, index: number) => T,
): Durable<T[]> {
  if (start.length === 0) return [];
  const tasks = start.map((make) => make());
  try {
    // eslint-disable-next-line no-restricted-syntax -- the tasks were made one line above and nothing was awaited since
    return (yield context.df.Task.all(tasks)) as T[];
  } catch {
    const results: T[] = [];
    for (const [index, task] of tasks.entries()) {
      try {
        results.push((yield task) as T);
      } catch (error) {
        results.push(whenLost(error, index));
      }
    }
    return results;
  }
}
