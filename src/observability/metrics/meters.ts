import type { CounterName, DimensionsOf, GaugeName, HistogramName } from './catalogue';

/**
 * Where figures go. Only names of the catalogue, only with all of their dimensions. Recording never throws, never waits, and costs next to
 * nothing where telemetry is off.
 */
export interface Meters {
  /** Whether anybody listens: what is only read to be measured need not be read. */
  readonly isOn: boolean;
  /** Adds to a counter; a negative value is left out. */
  add<Name extends CounterName>(name: Name, value: number, dimensions: DimensionsOf<Name>): void;
  /** Records one value of a histogram. */
  record<Name extends HistogramName>(name: Name, value: number, dimensions: DimensionsOf<Name>): void;
  /** Says how something stands now. Where many say it, the last one counts. */
  set<Name extends GaugeName>(name: Name, value: number, dimensions: DimensionsOf<Name>): void;
}

/** For processes without telemetry, and tests that do not look. */
export const NO_METERS: Meters = { isOn: false, add: () => {}, record: () => {}, set: () => {} };
