import { readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS } from '../../../../src/observability/metrics/catalogue';
import { DIMENSION_LIMITS, type MetricDefinition } from '../../../../src/observability/metrics/metric-definition';
import { renderCatalogue } from '../../../../src/observability/metrics/render-catalogue';

const metrics: [string, MetricDefinition][] = Object.entries(METRICS);
/** Attribute sets that the SDK keeps of one instrument; further ones are lumped together without a name. */
const SDK_SERIES = 2000;
/** Dimensions that go with the pipeline, so that they multiply by what one pipeline has, not by all. */
const PER_PIPELINE: Readonly<Record<string, number>> = { code: 3, activity: 8, check: 8 };

test('docs/metrics.md is current: npm run metrics writes it', () => {
  const written = readFileSync(path.join(__dirname, '../../../../docs/metrics.md'), 'utf8');
  expect(written).toBe(renderCatalogue());
});

test.each(metrics)('%s is named, described and bounded', (name, { description, unit, dimensions }) => {
  expect(name).toMatch(/^sluice(\.[a-z]+)+$/);
  expect(description).toMatch(/^[A-Z].{9,200}\.$/);
  expect(unit).toMatch(/^(s|By|1|\{[a-z]+\})$/);
  expect(new Set(dimensions).size).toBe(dimensions.length);
  // What 20 busy pipelines make of it in one process; 200 pipelines do not run on one instance within a minute.
  const series = dimensions.reduce((product, dimension) => {
    if (dimension === 'pipeline') return product * 20;
    const limit = DIMENSION_LIMITS[dimension];
    return product * (dimensions.includes('pipeline') ? Math.min(limit, PER_PIPELINE[dimension] ?? limit) : limit);
  }, 1);
  expect(series).toBeLessThanOrEqual(SDK_SERIES);
});
