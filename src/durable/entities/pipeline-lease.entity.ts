import type { EntityContext } from 'durable-functions';
import { FREE_LEASE, acquireLease, expireLease, releaseLease, renewLease } from '../../resilience/lease';
import type { Expire, LeaseAcquire, LeaseRelease, LeaseRenew, LeaseState } from '../contracts/entities';

/**
 * The lease of the pipeline that is its key. Operations: `acquire` (answers `LeaseAnswer`), `renew`, `release`, `expire`.
 * Never throws: an operation that it does not know changes nothing and answers null.
 */
export function pipelineLeaseEntity({ df }: EntityContext<LeaseState>): void {
  const state = df.getState() ?? FREE_LEASE;
  switch (df.operationName) {
    case 'acquire': {
      const request = df.getInput<LeaseAcquire>();
      if (request === undefined) return df.return(null);
      const acquired = acquireLease(state, request);
      df.setState(acquired.state);
      return df.return(acquired.answer);
    }
    case 'renew': {
      const renewal = df.getInput<LeaseRenew>();
      return keep(renewal === undefined ? state : renewLease(state, renewal));
    }
    case 'release': {
      const release = df.getInput<LeaseRelease>();
      return keep(release === undefined ? state : releaseLease(state, release.holder));
    }
    case 'expire':
      return keep(expireLease(state, df.getInput<Expire>()?.now ?? 0));
    default:
      return df.return(null);
  }

  /** A lease that nobody holds or waits for needs no state. */
  function keep(next: LeaseState): void {
    if (next.holder === null && next.queue.length === 0) df.destructOnExit();
    else df.setState(next);
  }
}
