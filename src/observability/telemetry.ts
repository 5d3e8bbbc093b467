import type { Logger } from './logger';
import type { Meters } from './metrics/meters';

/** What a process says about itself: set up once, first of all, and handed down. */
export interface Telemetry {
  readonly log: Logger;
  readonly meters: Meters;
}
