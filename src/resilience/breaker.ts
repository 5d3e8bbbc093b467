import type {
  BreakerAnswer,
  BreakerAsk,
  BreakerSample,
  BreakerState,
  BreakerTell,
  BreakerTrip,
} from '../durable/contracts/entities';

/** A breaker that nobody has used. */
export const CLOSED_BREAKER: Extract<BreakerState, { state: 'closed' }> = { state: 'closed', calls: [] };

/** A probe that says nothing for so long is given to somebody else. */
const PROBE_LEASE_MS = 300_000;
/** Waves that end within this share of the window become one sample, which bounds the state. */
const SAMPLES_PER_WINDOW = 60;

/** May the caller touch the connection? An open breaker whose time is up becomes half-open and gives out one probe. */
export function askBreaker(state: BreakerState, ask: BreakerAsk): { state: BreakerState; answer: BreakerAnswer } {
  if (state.state === 'closed') return { state, answer: allowed(state, false) };
  if (state.state === 'open' && ask.now < state.until) {
    return { state, answer: refused(state, state.until, state.reason) };
  }
  const probe = state.state === 'half-open' ? state.probe : null;
  if (probe !== null && probe.holder !== ask.holder && probe.expiresAt > ask.now) {
    const retryAt = Math.min(probe.expiresAt, ask.now + ask.policy.openForMs);
    return { state, answer: refused(state, retryAt, `${probe.holder} is trying the connection`) };
  }
  const next: BreakerState = {
    state: 'half-open',
    openedAt: state.openedAt,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
    probe: { holder: ask.holder, expiresAt: ask.now + Math.max(PROBE_LEASE_MS, ask.policy.openForMs) },
  };
  return { state: next, answer: allowed(next, true) };
}

/**
 * Takes in the totals of a wave. Closed: opens when the failure rate over the window is reached. Half-open: the probe
 * decides; a probe that met neither success nor countable failure gives its turn back. Open: late news change nothing.
 */
export function tellBreaker(state: BreakerState, tell: BreakerTell): BreakerState {
  switch (state.state) {
    case 'open':
      return state;
    case 'half-open':
      if (state.probe?.holder !== tell.holder) return state;
      if (tell.failures > 0) return opened(tell, `the probe failed${lastOf(tell)}`);
      return tell.successes > 0 ? closed(state, tell.now) : { ...state, probe: null };
    case 'closed': {
      const calls = withSample(state.calls, tell);
      const successes = calls.reduce((sum, call) => sum + call.successes, 0);
      const failures = calls.reduce((sum, call) => sum + call.failures, 0);
      const total = successes + failures;
      const tripped =
        tell.failures > 0 && total >= tell.policy.minimumCalls && failures / total >= tell.policy.failureRate;
      return tripped ? opened(tell, `${failures} of ${total} calls failed${lastOf(tell)}`) : { ...state, calls };
    }
  }
}

/** Opens it although its calls do not say so; one that is open longer stays so. */
export function tripBreaker(state: BreakerState, { now, openForMs, reason }: BreakerTrip): BreakerState {
  if (state.state === 'open' && state.until >= now + openForMs) return state;
  return { state: 'open', openedAt: now, until: now + openForMs, reason };
}

/** Lets go of a probe that ran out. What else time changes is decided when somebody asks. */
export function expireBreaker(state: BreakerState, now: number): BreakerState {
  return state.state === 'half-open' && state.probe !== null && state.probe.expiresAt <= now
    ? { ...state, probe: null }
    : state;
}

function allowed(state: BreakerState, probe: boolean): BreakerAnswer {
  return { allowed: true, probe, state: state.state, retryAtMs: null, reason: null };
}

function refused(state: BreakerState, retryAtMs: number, reason: string): BreakerAnswer {
  return { allowed: false, probe: false, state: state.state, retryAtMs, reason };
}

function opened(tell: BreakerTell, reason: string): BreakerState {
  return { state: 'open', openedAt: tell.now, until: tell.now + tell.policy.openForMs, reason };
}

function closed(
  { openedAt, reason = 'calls failed' }: Extract<BreakerState, { state: 'half-open' }>,
  now: number,
): BreakerState {
  return { ...CLOSED_BREAKER, lastOpening: { openedAt, closedAt: now, reason } };
}

function lastOf(tell: BreakerTell): string {
  return tell.lastFailure === null ? '' : `, the last with ${tell.lastFailure.code}`;
}

function withSample(calls: readonly BreakerSample[], tell: BreakerTell): readonly BreakerSample[] {
  const { windowMs } = tell.policy;
  const recent = calls.filter((call) => call.at > tell.now - windowMs);
  const last = recent.at(-1);
  if (last === undefined || Math.abs(tell.now - last.at) > windowMs / SAMPLES_PER_WINDOW) {
    return [...recent, { at: tell.now, successes: tell.successes, failures: tell.failures }];
  }
  const merged = { ...last, successes: last.successes + tell.successes, failures: last.failures + tell.failures };
  return [...recent.slice(0, -1), merged];
}
