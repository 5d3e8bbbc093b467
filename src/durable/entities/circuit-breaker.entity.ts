import type { EntityContext } from 'durable-functions';
import { CLOSED_BREAKER, askBreaker, expireBreaker, tellBreaker, tripBreaker } from '../../resilience/breaker';
import type { BreakerAsk, BreakerState, BreakerTell, BreakerTrip, Expire } from '../contracts/entities';

/**
 * The circuit breaker of the connection that is its key. Operations: `ask` (answers `BreakerAnswer`), `tell`, `trip`, `expire`.
 * Never throws: an operation that it does not know changes nothing and answers null.
 */
export function circuitBreakerEntity({ df }: EntityContext<BreakerState>): void {
  const state = df.getState() ?? CLOSED_BREAKER;
  switch (df.operationName) {
    case 'ask': {
      const request = df.getInput<BreakerAsk>();
      if (request === undefined) return df.return(null);
      const asked = askBreaker(state, request);
      df.setState(asked.state);
      return df.return(asked.answer);
    }
    case 'tell': {
      const told = df.getInput<BreakerTell>();
      return df.setState(told === undefined ? state : tellBreaker(state, told));
    }
    case 'trip': {
      const trip = df.getInput<BreakerTrip>();
      return df.setState(trip === undefined ? state : tripBreaker(state, trip));
    }
    case 'expire': {
      const expired = expireBreaker(state, df.getInput<Expire>()?.now ?? 0);
      // A breaker that nobody has used is not brought into being by looking at it.
      return expired === CLOSED_BREAKER ? df.destructOnExit() : df.setState(expired);
    }
    default:
      return df.return(null);
  }
}
