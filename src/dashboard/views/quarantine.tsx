import type { Batch, BatchesList, PipelinesList } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatCount, zoneName } from '../format';
import { go, linkTo } from '../router';
import { Choice } from '../ui/field';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Table, type ColumnOf } from '../ui/table';
import { Time } from '../ui/time';

const MOST = 200;

/** Batches of rows that were kept out, newest first. */
export function QuarantineView({ query }: { readonly query: URLSearchParams }) {
  const pipeline = query.get('pipeline') ?? '';
  const runId = query.get('runId') ?? '';
  const asked = new URLSearchParams({
    limit: String(MOST),
    ...(pipeline !== '' && { pipeline }),
    ...(runId !== '' && { runId }),
  });
  const batches = useAnswer<BatchesList>(`quarantine?${asked.toString()}`, () => 30_000);
  const pipelines = useAnswer<PipelinesList>('pipelines');
  const names = (pipelines.value?.pipelines ?? []).map((each): [string, string] => [each.pipeline, each.pipeline]);
  return (
    <>
      <PageHead
        title="Quarantine"
        lead="Rows that failed a check or could not be read. Approve, correct or discard them, then release what was decided."
      />
      <div class="filters" role="search" aria-label="Filter batches">
        <Choice
          label="Pipeline"
          value={pipeline}
          options={[['', 'all'], ...names]}
          onChange={(value) => go(linkTo(['quarantine'], { pipeline: value, runId }))}
        />
        {runId !== '' && (
          <p>
            Of the run <a href={linkTo(['runs', runId])}>{runId}</a> alone.{' '}
            <a href={linkTo(['quarantine'], { pipeline })}>All runs</a>
          </p>
        )}
      </div>
      <Loaded answer={batches}>
        {({ batches: found }) =>
          found.length === 0 ? (
            <p class="empty">No rows are in quarantine.</p>
          ) : (
            <>
              <Table
                caption="Batches of quarantined rows"
                rows={found}
                columns={columns()}
                keyOf={({ batch }) => batch}
              />
              {found.length === MOST && (
                <p class="soft">The newest {MOST} batches. Choose a pipeline for older ones.</p>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function columns(): readonly ColumnOf<Batch>[] {
  return [
    { heading: 'Pipeline', cell: ({ batch, pipeline }) => <a href={linkTo(['quarantine', batch])}>{pipeline}</a> },
    { heading: 'Rows', figures: true, cell: ({ rows }) => formatCount(rows) },
    {
      heading: 'Why',
      cell: ({ reasons }) => reasons.map(({ reason, rows }) => `${reason} (${formatCount(rows)})`).join(', '),
    },
    { heading: 'Step', cell: ({ step, partition }) => (partition < 0 ? step : `${step}, partition ${partition}`) },
    { heading: `Since (${zoneName()})`, cell: ({ at }) => <Time at={at} /> },
    { heading: 'Run', cell: ({ runId }) => <a href={linkTo(['runs', runId])}>run</a> },
  ];
}
