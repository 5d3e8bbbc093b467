import type { OrchestrationContext } from 'durable-functions';
import { DECIDED_EVENT } from '../contracts/review';
import type { Durable } from './durable';

/** Waits until a time, in milliseconds since 1970, or until the event says that somebody decided: what, stands in a store. */
export function* sleepUntilDecided(context: OrchestrationContext, until: number): Durable<void> {
  const timer = context.df.createTimer(new Date(until));
  const decided = context.df.waitForExternalEvent(DECIDED_EVENT);
  // eslint-disable-next-line no-restricted-syntax -- a wait against a timer, once; the loser is cancelled
  const first: unknown = yield context.df.Task.any([decided, timer]);
  if (first !== timer) timer.cancel();
}
