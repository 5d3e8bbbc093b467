import type { Logger } from './logger';
import { NO_METERS, type Meters } from './metrics/meters';
import { NO_TRACING, type Tracing } from './tracing/tracing';

/** What a process says about itself: set up once, first of all, and handed down. */
export interface Telemetry {
  readonly log: Logger;
  readonly meters: Meters;
  readonly tracing: Tracing;
  /** Whether it leaves the process; where it does not, nothing is read only to be told. */
  readonly isOn: boolean;
  /** Sends what waits, for a few seconds at most. Never throws. */
  flush(): Promise<void>;
}

/** Events to a logger, and nothing else. */
export function onlyLogs(log: Logger): Telemetry {
  return { log, meters: NO_METERS, tracing: NO_TRACING, isOn: false, flush: async () => {} };
}
