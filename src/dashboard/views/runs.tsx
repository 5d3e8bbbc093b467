import type { PipelinesList, Run, RunsPage } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatCount, formatDuration, zoneName } from '../format';
import { go, linkTo } from '../router';
import { Choice } from '../ui/field';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { StatusBadge } from '../ui/status-badge';
import { Table, type ColumnOf } from '../ui/table';
import { Time } from '../ui/time';
import { elapsed, failuresOf, pipelinesWords, STATUS_WORDS, triggerWords } from '../words';
import { isUnderWay } from './situation';

const PAGE = 25;

/** Runs, newest first, by status and pipeline, page by page. */
export function RunsView({ query }: { readonly query: URLSearchParams }) {
  const status = query.get('status') ?? '';
  const pipeline = query.get('pipeline') ?? '';
  const continuation = query.get('continuation') ?? '';
  const asked = new URLSearchParams({
    limit: String(PAGE),
    ...(status !== '' && { status }),
    ...(pipeline !== '' && { pipeline }),
    ...(continuation !== '' && { continuation }),
  });
  const page = useAnswer<RunsPage>(`runs?${asked.toString()}`, (value) =>
    continuation !== '' ? null : value?.runs.some(isUnderWay) === true ? 3000 : 15_000,
  );
  const pipelines = useAnswer<PipelinesList>('pipelines');
  const names = new Set([
    ...(pipelines.value?.pipelines ?? []).map((each) => each.pipeline),
    ...(pipeline === '' ? [] : [pipeline]),
  ]);
  const filterBy = (change: Record<string, string>): void => go(linkTo(['runs'], { status, pipeline, ...change }));
  return (
    <>
      <PageHead title="Runs" lead="Newest first." />
      <div class="filters" role="search" aria-label="Filter runs">
        <Choice
          label="Status"
          value={status}
          options={[['', 'all'], ...Object.entries(STATUS_WORDS)]}
          onChange={(value) => filterBy({ status: value })}
        />
        <Choice
          label="Pipeline"
          value={pipeline}
          options={[['', 'all'], ...[...names].map((name): [string, string] => [name, name])]}
          onChange={(value) => filterBy({ pipeline: value })}
        />
      </div>
      <Loaded answer={page}>
        {({ runs, continuation: next }) => (
          <>
            {runs.length === 0 ? (
              <p class="empty">
                {next === null
                  ? 'There is no such run.'
                  : 'None among those that were looked at; there are older ones.'}
              </p>
            ) : (
              <Table caption="Runs" columns={COLUMNS()} rows={runs} keyOf={({ runId }) => runId} toneOf={rowTone} />
            )}
            <Pager
              first={continuation === ''}
              next={next}
              linkFor={(value) => linkTo(['runs'], { status, pipeline, continuation: value })}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

/** Leads to the first page and to the next; pages are known only by the one before. */
export function Pager({
  first,
  next,
  linkFor,
}: {
  readonly first: boolean;
  readonly next: string | null;
  readonly linkFor: (continuation: string) => string;
}) {
  if (first && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!first && <a href={linkFor('')}>To the first page</a>}
      {next !== null && <a href={linkFor(next)}>Next page</a>}
    </nav>
  );
}

function rowTone({ status }: Run): string {
  return status === 'Failed' ? 'row-bad' : '';
}

function COLUMNS(): readonly ColumnOf<Run>[] {
  return [
    { heading: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
    {
      heading: 'Run',
      cell: (run) => (
        <>
          <a href={linkTo(['runs', run.runId])}>{pipelinesWords(run)}</a>
          <br />
          <span class="soft">{failuresOf(run)[0]?.message ?? triggerWords(run.trigger)}</span>
        </>
      ),
    },
    { heading: `Began (${zoneName()})`, cell: ({ startedAt, requestedAt }) => <Time at={startedAt ?? requestedAt} /> },
    { heading: 'Took', figures: true, cell: ({ startedAt, endedAt }) => formatDuration(elapsed(startedAt, endedAt)) },
    { heading: 'Loaded', figures: true, cell: ({ counts }) => formatCount(counts.loaded) },
    {
      heading: 'Quarantined',
      figures: true,
      cell: ({ counts, runId }) =>
        counts.quarantined === 0 ? (
          '0'
        ) : (
          <a href={linkTo(['quarantine'], { runId })}>{formatCount(counts.quarantined)}</a>
        ),
    },
  ];
}
