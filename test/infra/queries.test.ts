import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENTS } from '../../src/observability/events';
import { METRICS } from '../../src/observability/metrics/catalogue';
import type { MetricDefinition } from '../../src/observability/metrics/metric-definition';
import { analyze } from './support/kusto';
import { at, mainSnapshot, type Resource } from './support/snapshot';
import { PROPERTIES } from './support/telemetry-schema';

const FOLDER = path.resolve(__dirname, '../../infra/queries');
const DOCS = path.resolve(__dirname, '../../docs/observability.md');
const metrics: Readonly<Record<string, MetricDefinition>> = METRICS;
const files = readdirSync(FOLDER).map((file) => [file, readFileSync(path.join(FOLDER, file), 'utf8')] as const);
const examples = [...readFileSync(DOCS, 'utf8').matchAll(/```kql\n([^]*?)```/g)].map(
  ([, query], index) => [`example ${index + 1} of docs/observability.md`, query ?? ''] as const,
);

/** What a query asks for that the app must send: names that are not in its catalogues. */
function unknownNames(query: string): string[] {
  const code = query.replace(/^\s*\/\/.*$/gm, '');
  const texts = [...code.matchAll(/"([^"]*)"/g)].map(([, text]) => text ?? '');
  const named = texts.filter((text) => text.startsWith('sluice.'));
  const events = [...code.matchAll(/Message (?:==|in) (\(.*?\)|"[^"]*")/g)].flatMap(([, list]) =>
    [...(list ?? '').matchAll(/"([^"]*)"/g)].map(([, text]) => text ?? ''),
  );
  const properties = [...code.matchAll(/Properties(?:\.(\w+)|\["(\w+)"\])/g)].map(
    ([, dotted, quoted]) => dotted ?? quoted ?? '',
  );
  const dimensions = new Set<string>(named.flatMap((name) => metrics[name]?.dimensions ?? []));
  const onlyMetrics = !/App(Traces|Requests|Dependencies|Exceptions)\b/.test(code);
  return [
    ...named.filter((name) => metrics[name] === undefined).map((name) => `metric ${name}`),
    ...events.filter((name) => !Object.hasOwn(EVENTS, name)).map((name) => `event ${name}`),
    ...properties
      .filter((name) => !dimensions.has(name) && (onlyMetrics || !PROPERTIES.has(name)))
      .map((name) => `property ${name}`),
  ];
}

test.each([...files, ...examples])('%s is a query over tables and names that there are', (_, query) => {
  const { problems, columns } = analyze(query);
  expect(problems).toEqual([]);
  expect(columns.length).toBeGreaterThan(0);
  expect(unknownNames(query)).toEqual([]);
});

test('a name that is not sent, and a column that is not there, are found', () => {
  const query = 'AppMetrics | where Name == "sluice.gone" | summarize sum(Nothing) by tostring(Properties.moon)';
  expect(analyze(query).problems).toEqual([expect.stringContaining("'Nothing'")]);
  expect(unknownNames(query)).toEqual(['metric sluice.gone', 'property moon']);
  expect(unknownNames('AppTraces | where Message in ("run-ended", "run-gone")')).toEqual(['event run-gone']);
  expect(unknownNames('AppMetrics | where Name == "sluice.runs" | where Properties.pipeline == "a"')).toEqual([
    'property pipeline',
  ]);
});

test('every metric is shown or watched by some query', () => {
  const all = files.map(([, query]) => query).join('\n');
  // Waves that wait for slots show as lease and engine waits do; there is no table of them.
  const unused = Object.keys(METRICS).filter((name) => !all.includes(`"${name}"`));
  expect(unused.toSorted()).toEqual(
    ['sluice.connection.waiting', 'sluice.lease.waiting', 'sluice.run.duration', 'sluice.pipeline.runs'].toSorted(),
  );
});

const of = (environment: string, type: string): Resource[] =>
  mainSnapshot(environment).resources.filter((resource) => resource.type === type);

describe.each(['dev', 'staging', 'prod'])('%s', (environment) => {
  test('each rule asks what its file says, for columns that the answer has, and tells the action group', () => {
    const rules = of(environment, 'Microsoft.Insights/scheduledQueryRules');
    const asked = rules.map((rule) => {
      const [criterion] = at(rule, 'properties', 'criteria', 'allOf') as [
        { query: string; metricMeasureColumn: string; dimensions: { name: string }[] },
      ];
      const { columns } = analyze(criterion.query);
      expect(columns).toEqual(
        expect.arrayContaining([criterion.metricMeasureColumn, ...criterion.dimensions.map(({ name }) => name)]),
      );
      expect(JSON.stringify(at(rule, 'properties', 'actions', 'actionGroups'))).toContain('actionGroups');
      return criterion.query;
    });
    const alerts = files.filter(([file]) => file.startsWith('alert-')).map(([, query]) => query);
    expect(asked.toSorted()).toEqual(alerts.toSorted());
  });

  test('the workbook is JSON, with each query in its place and all columns that its parts name', () => {
    const [workbook] = of(environment, 'Microsoft.Insights/workbooks');
    const layout = JSON.parse(at(workbook!, 'properties', 'serializedData') as string) as Part;
    const parts = partsOf(layout);
    const shown = parts.flatMap(({ content }) => (content.query === undefined ? [] : [content.query]));
    // The trace of a run is asked for by hand: it needs an id.
    const others = files.filter(([file]) => !/^(alert-|run-trace)/.test(file)).map(([, query]) => query);
    expect(shown.toSorted()).toEqual(others.toSorted());
    for (const { content } of parts) {
      if (content.query === undefined) continue;
      const named = [
        content.tileSettings?.['titleContent']?.columnMatch,
        content.tileSettings?.['leftContent']?.columnMatch,
        content.chartSettings?.xAxis,
        content.chartSettings?.group,
        ...(content.chartSettings?.yAxis ?? []),
      ];
      expect(analyze(content.query).columns).toEqual(
        expect.arrayContaining(named.filter((name) => name !== undefined)),
      );
    }
    const tabs = parts.flatMap(({ content }) => content.links ?? []).map(({ subTarget }) => subTarget);
    const groups = (layout.items ?? []).flatMap(({ conditionalVisibility }) => conditionalVisibility?.value ?? []);
    expect(groups).toEqual(tabs);
  });
});

interface Part {
  readonly items?: readonly Part[];
  readonly conditionalVisibility?: { readonly value: string };
  readonly content: {
    readonly query?: string;
    readonly items?: readonly Part[];
    readonly links?: readonly { readonly subTarget: string }[];
    readonly tileSettings?: Readonly<Record<string, { readonly columnMatch?: string }>>;
    readonly chartSettings?: { readonly xAxis?: string; readonly yAxis?: readonly string[]; readonly group?: string };
  };
}

function partsOf({ items = [] }: { readonly items?: readonly Part[] }): Part[] {
  return items.flatMap((part) => [part, ...partsOf(part.content)]);
}
