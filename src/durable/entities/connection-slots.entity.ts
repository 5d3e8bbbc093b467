import type { EntityContext } from 'durable-functions';
import { expireSlots, FREE_SLOTS, giveSlots, giveSlotsOfRun, keepSlots, takeSlots } from '../../resilience/slots';
import type { Expire, SlotsAsk, SlotsKeep, SlotsRelease, SlotsState } from '../contracts/entities';

/**
 * The partitions that may use the connection that is its key at once, over all runs; as `slot-pool`, those that may be under way in the app.
 * Operations: `take` (answers `SlotsAnswer`), `keep`, `give`, `give-run`, `expire`. Never throws: an operation that it does not know
 * changes nothing and answers null.
 */
export function connectionSlotsEntity({ df }: EntityContext<SlotsState>): void {
  const state = df.getState() ?? FREE_SLOTS;
  switch (df.operationName) {
    case 'take': {
      const ask = df.getInput<SlotsAsk>();
      if (ask === undefined) return df.return(null);
      const taken = takeSlots(state, ask);
      df.setState(taken.state);
      return df.return(taken.answer);
    }
    case 'keep': {
      const kept = df.getInput<SlotsKeep>();
      return keep(kept === undefined ? state : keepSlots(state, kept));
    }
    case 'give':
      return keep(giveSlots(state, df.getInput<SlotsRelease>()?.holder ?? ''));
    case 'give-run':
      return keep(giveSlotsOfRun(state, df.getInput<SlotsRelease>()?.holder ?? ''));
    case 'expire':
      return keep(expireSlots(state, df.getInput<Expire>()?.now ?? 0));
    default:
      return df.return(null);
  }

  /** Slots that nobody holds or waits for need no state. */
  function keep(next: SlotsState): void {
    if (next.held.length === 0 && next.queue.length === 0) df.destructOnExit();
    else df.setState(next);
  }
}
