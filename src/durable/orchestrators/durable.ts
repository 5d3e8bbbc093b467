import type { Task } from 'durable-functions';

/**
 * A piece of an orchestration: yields tasks of `context.df`, is resumed with their results, gives a `T`. Pieces call each
 * other with `yield*`, which adds nothing to the history.
 */
export type Durable<T> = Generator<Task, T, unknown>;
