import { metrics, type Counter, type Gauge, type Histogram } from '@opentelemetry/api';
import { createBounds } from './bound-dimensions';
import { METRICS, type MetricName } from './catalogue';
import type { MetricDefinition } from './metric-definition';
import type { Meters } from './meters';

type Instrument = { readonly record: (value: number, dimensions: Record<string, string>) => void };

/**
 * The meters of the process over OpenTelemetry. Instruments are made when they are first used, so that it does not matter whether the SDK
 * was set up before.
 */
export function createMeters(): Meters {
  const bound = createBounds();
  const instruments = new Map<string, Instrument>();
  const instrument = (name: MetricName): Instrument => {
    const made = instruments.get(name) ?? makeInstrument(name, METRICS[name]);
    instruments.set(name, made);
    return made;
  };
  const write = (name: MetricName, value: number, dimensions: Readonly<Record<string, string>>): void => {
    if (Number.isFinite(value)) instrument(name).record(value, bound(dimensions));
  };
  return {
    isOn: true,
    add: (name, value, dimensions) => {
      // Zeros would only make series of what never happens.
      if (value > 0) write(name, value, dimensions);
    },
    record: write,
    set: write,
  };
}

function makeInstrument(name: string, { kind, unit, description }: MetricDefinition): Instrument {
  const meter = metrics.getMeter('sluice');
  const options = { unit, description };
  switch (kind) {
    case 'counter': {
      const counter: Counter = meter.createCounter(name, options);
      return { record: (value, dimensions) => counter.add(value, dimensions) };
    }
    case 'histogram': {
      const histogram: Histogram = meter.createHistogram(name, options);
      return { record: (value, dimensions) => histogram.record(value, dimensions) };
    }
    case 'gauge': {
      const gauge: Gauge = meter.createGauge(name, options);
      return { record: (value, dimensions) => gauge.record(value, dimensions) };
    }
  }
}
