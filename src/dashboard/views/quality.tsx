import { useMemo } from 'preact/hooks';
import type { PipelineChecks, PipelinesList, Trend } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { TrendChart, type TrendPoint } from '../charts/trend-chart';
import { formatCount, zoneName } from '../format';
import { go, linkTo } from '../router';
import { Choice } from '../ui/field';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Section } from '../ui/section';
import { Table } from '../ui/table';
import { Time } from '../ui/time';
import { CHECK_RANKS, CheckBadge } from './pipeline-of-run';

/** What the checks of a pipeline said over its runs, as series. */
export function QualityView({ query }: { readonly query: URLSearchParams }) {
  const pipelines = useAnswer<PipelinesList>('pipelines');
  const names = (pipelines.value?.pipelines ?? []).map(({ pipeline }) => pipeline);
  const chosen = query.get('pipeline') ?? names[0] ?? '';
  return (
    <>
      <PageHead
        title="Quality"
        lead="What checks said over the last runs: rows that failed, and figures with the band that earlier runs make expected."
      />
      <Loaded answer={pipelines}>
        {() => (
          <div class="filters" role="search" aria-label="Choose a pipeline">
            <Choice
              label="Pipeline"
              value={chosen}
              options={names.map((name): [string, string] => [name, name])}
              onChange={(name) => go(linkTo(['quality'], { pipeline: name }))}
            />
          </div>
        )}
      </Loaded>
      {chosen !== '' && <Trends pipeline={chosen} />}
    </>
  );
}

function Trends({ pipeline }: { readonly pipeline: string }) {
  const checks = useAnswer<PipelineChecks>(`pipelines/${encodeURIComponent(pipeline)}/checks?limit=50`, () => 60_000);
  return (
    <Loaded answer={checks}>
      {({ trends }) =>
        trends.length === 0 ? (
          <p class="empty">No run of {pipeline} was validated yet.</p>
        ) : (
          <>
            <div class="grid">
              {worstFirst(trends.filter((trend) => !isSteady(trend))).map((trend) => (
                <TrendCard key={trend.check} trend={trend} />
              ))}
            </div>
            <Steady trends={trends.filter(isSteady)} />
          </>
        )
      }
    </Loaded>
  );
}

/** Nothing ever failed, and there is no figure to follow: a drawing would show a line at zero. */
function isSteady(trend: Trend): boolean {
  return trend.points.every(({ status }) => status === 'passed') && !isFigure(trend);
}

function Steady({ trends }: { readonly trends: readonly Trend[] }) {
  if (trends.length === 0) return null;
  return (
    <Section title="Passed in every run">
      <Table
        caption="Checks that passed in every run"
        rows={trends}
        keyOf={({ check }) => check}
        columns={[
          { heading: 'Check', cell: ({ check }) => check },
          { heading: 'Runs', figures: true, cell: ({ points }) => formatCount(points.length) },
          { heading: 'Looked at last', figures: true, cell: ({ points }) => formatCount(points[0]?.evaluated ?? 0) },
        ]}
      />
    </Section>
  );
}

/** By what the newest run said. */
function worstFirst(trends: readonly Trend[]): readonly Trend[] {
  const rank = ({ points }: Trend): number => CHECK_RANKS.indexOf(points[0]?.status ?? 'skipped');
  return trends.toSorted((one, other) => rank(one) - rank(other));
}

function TrendCard({ trend }: { readonly trend: Trend }) {
  const points = useMemo(() => pointsOf(trend), [trend]);
  const [newest] = trend.points;
  return (
    <Section title={trend.check} aside={newest !== undefined && <CheckBadge status={newest.status} />}>
      <p class="soft">
        {isFigure(trend) ? `The value of ${trend.kind}, with what was expected` : 'Rows that failed, run by run'}
      </p>
      <TrendChart points={points} label={trend.check} />
      <details>
        <summary>As a table</summary>
        <Table
          caption={`Runs of ${trend.check}`}
          rows={trend.points}
          keyOf={({ runId }) => runId}
          columns={[
            {
              heading: `Run (${zoneName()})`,
              cell: ({ runId, at }) => (
                <a href={linkTo(['runs', runId])}>
                  <Time at={at} />
                </a>
              ),
            },
            { heading: 'Verdict', cell: ({ status }) => <CheckBadge status={status} /> },
            { heading: 'Value', figures: true, cell: (point) => figureText(point['value']) },
            { heading: 'Failed', figures: true, cell: ({ failures }) => formatCount(failures) },
            { heading: 'Looked at', figures: true, cell: ({ evaluated }) => formatCount(evaluated) },
          ]}
        />
      </details>
    </Section>
  );
}

function isFigure({ points }: Trend): boolean {
  return points.some((point) => numberOf(point['value']) !== null);
}

/** Oldest first. */
function pointsOf(trend: Trend): readonly TrendPoint[] {
  const figure = isFigure(trend);
  return trend.points
    .map((point) => ({
      at: Date.parse(point.at),
      value: figure ? numberOf(point['value']) : point.failures,
      lower: numberOf(point['lower'] ?? point['min']),
      upper: numberOf(point['upper'] ?? point['max']),
    }))
    .toReversed();
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function figureText(value: unknown): string {
  const number = numberOf(value);
  return number === null ? '' : formatCount(number);
}
