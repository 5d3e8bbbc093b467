import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { createBounds } from '../../../../src/observability/metrics/bound-dimensions';
import { createMeters } from '../../../../src/observability/metrics/create-meters';
import { DIMENSION_LIMITS } from '../../../../src/observability/metrics/metric-definition';

const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const provider = new MeterProvider({ readers: [reader] });

beforeAll(() => void metrics.setGlobalMeterProvider(provider));
afterAll(async () => {
  metrics.disable();
  await provider.shutdown();
});

async function sent() {
  await reader.forceFlush();
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  exporter.reset();
  return Object.fromEntries(
    found.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      {
        unit: descriptor.unit,
        points: dataPoints.map(({ attributes, value }) => ({ ...attributes, value })),
      },
    ]),
  );
}

test('counters add up, histograms keep their values, gauges the last one', async () => {
  const meters = createMeters();
  meters.add('sluice.rows', 3, { pipeline: 'flights', outcome: 'loaded' });
  meters.add('sluice.rows', 4, { pipeline: 'flights', outcome: 'loaded' });
  meters.record('sluice.run.duration', 2, { status: 'Succeeded', trigger: 'manual' });
  meters.record('sluice.run.duration', 5, { status: 'Succeeded', trigger: 'manual' });
  meters.set('sluice.breaker.state', 2, { connection: 'warehouse' });
  meters.set('sluice.breaker.state', 0, { connection: 'warehouse' });
  expect(await sent()).toEqual({
    'sluice.rows': { unit: '{row}', points: [{ pipeline: 'flights', outcome: 'loaded', value: 7 }] },
    'sluice.run.duration': {
      unit: 's',
      points: [
        {
          status: 'Succeeded',
          trigger: 'manual',
          value: expect.objectContaining({ count: 2, sum: 7, min: 2, max: 5 }),
        },
      ],
    },
    'sluice.breaker.state': { unit: '1', points: [{ connection: 'warehouse', value: 0 }] },
  });
});

test('zeros, negative values and what is no number make no series', async () => {
  const meters = createMeters();
  meters.add('sluice.rows', 0, { pipeline: 'a', outcome: 'loaded' });
  meters.add('sluice.rows', -1, { pipeline: 'b', outcome: 'loaded' });
  meters.record('sluice.run.duration', NaN, { status: 'Failed', trigger: 'manual' });
  expect(await sent()).toEqual({});
});

test('values beyond the limit of a dimension are one series, and sums stay right', async () => {
  const meters = createMeters();
  const beyond = 7;
  for (let index = 0; index < DIMENSION_LIMITS.connection + beyond; index += 1)
    meters.set('sluice.connection.waiting', 1, { connection: `c${index}` });
  meters.set('sluice.connection.waiting', 9, { connection: 'c0' });
  const points = (await sent())['sluice.connection.waiting']?.points ?? [];
  expect(points).toHaveLength(DIMENSION_LIMITS.connection + 1);
  expect(points).toContainEqual({ connection: 'other', value: 1 });
  expect(points).toContainEqual({ connection: 'c0', value: 9 });
});

test('each dimension has a limit of its own, and long values are cut', () => {
  const bound = createBounds({ ...DIMENSION_LIMITS, pipeline: 1 });
  expect(bound({ pipeline: 'a', step: 'plan' })).toEqual({ pipeline: 'a', step: 'plan' });
  expect(bound({ pipeline: 'b', step: 'plan' })).toEqual({ pipeline: 'other', step: 'plan' });
  expect(bound({ pipeline: 'a', step: 'x'.repeat(500) })['step']).toHaveLength(100);
});
