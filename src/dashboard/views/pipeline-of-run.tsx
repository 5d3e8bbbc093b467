import type { PipelineRun } from '../api/types';
import { Flow } from '../charts/flow';
import { formatBytes, formatCount, formatDuration, formatRows } from '../format';
import { linkTo } from '../router';
import { Section } from '../ui/section';
import { Badge, StatusBadge, type Tone } from '../ui/status-badge';
import { Table } from '../ui/table';
import { elapsed } from '../words';

type Check = PipelineRun['checks'][number];
const CHECK_TONES: Readonly<Record<Check['status'], Tone>> = {
  passed: 'good',
  warned: 'warn',
  quarantined: 'warn',
  failed: 'bad',
  learning: 'quiet',
  skipped: 'quiet',
};

/** The worst first. */
export const CHECK_RANKS: readonly Check['status'][] = [
  'failed',
  'quarantined',
  'warned',
  'passed',
  'learning',
  'skipped',
];

/** The verdict of a check. */
export function CheckBadge({ status }: { readonly status: Check['status'] }) {
  return <Badge tone={CHECK_TONES[status]}>{status}</Badge>;
}

/** One pipeline of a run: its ledger, steps, checks, quarantine, lookups and verification. */
export function PipelineOfRun({
  runId,
  pipeline: its,
  alone,
}: {
  readonly runId: string;
  readonly pipeline: PipelineRun;
  readonly alone: boolean;
}) {
  const { pipeline, status, reason, counts, balanced, sliceLabel, load, notes } = its;
  return (
    <Section title={pipeline} aside={<StatusBadge status={status} />}>
      {reason !== null && its.failure === null && <p>{reason}</p>}
      <p class="soft">
        {[
          sliceLabel,
          load === null ? 'nothing published' : `load ${load} in the ledger`,
          balanced === null ? null : balanced ? 'the rows balance' : 'the rows do NOT balance',
        ]
          .filter((part) => part !== null)
          .join(' · ')}{' '}
        · <a href={linkTo(['pipelines', pipeline])}>the pipeline</a>
      </p>
      {!alone && counts.read + counts.generated > 0 && <Flow counts={counts} ended={balanced !== null} />}
      {notes.length > 0 && (
        <ul class="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Quarantined runId={runId} pipeline={its} />
      <Checks checks={its.checks} />
      <Verifications pipeline={its} />
      <Lookups pipeline={its} />
      {its.steps.length > 0 && (
        <details>
          <summary>Steps of {pipeline}</summary>
          <Table
            caption={`Steps of ${pipeline}`}
            rows={its.steps}
            keyOf={({ step }) => step}
            columns={[
              { heading: 'Step', cell: ({ step }) => step },
              { heading: 'Status', cell: ({ status: stands }) => <StatusBadge status={stands} /> },
              {
                heading: 'Partitions',
                figures: true,
                cell: ({ partitions }) => `${partitions.done} of ${partitions.total}`,
              },
              { heading: 'Rows', figures: true, cell: ({ rows }) => formatCount(rows) },
              { heading: 'Bytes', figures: true, cell: ({ bytes }) => formatBytes(bytes) },
              { heading: 'Retries', figures: true, cell: ({ retries }) => formatCount(retries) },
              {
                heading: 'Took',
                figures: true,
                cell: ({ startedAt, endedAt }) => formatDuration(elapsed(startedAt, endedAt)),
              },
            ]}
          />
        </details>
      )}
    </Section>
  );
}

function Quarantined({
  runId,
  pipeline: { pipeline, quarantineReasons },
}: {
  readonly runId: string;
  readonly pipeline: PipelineRun;
}) {
  if (quarantineReasons.length === 0) return null;
  return (
    <>
      <h3>Quarantined</h3>
      <ul class="reasons">
        {quarantineReasons.map(({ reason, rows }) => (
          <li key={reason}>
            <code>{reason}</code> {formatRows(rows)}
          </li>
        ))}
      </ul>
      <p>
        <a href={linkTo(['quarantine'], { runId, pipeline })}>Review these rows</a>
      </p>
    </>
  );
}

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  if (checks.length === 0) return null;
  return (
    <>
      <h3>Checks</h3>
      <Table
        caption="Checks"
        rows={checks.toSorted((one, other) => CHECK_RANKS.indexOf(one.status) - CHECK_RANKS.indexOf(other.status))}
        keyOf={({ name }) => name}
        columns={[
          { heading: 'Verdict', cell: ({ status }) => <CheckBadge status={status} /> },
          { heading: 'Check', cell: ({ name, message, status }) => (status === 'passed' ? name : message) },
          { heading: 'Looked at', figures: true, cell: ({ evaluated }) => formatCount(evaluated) },
          { heading: 'Failed', figures: true, cell: ({ failures }) => formatCount(failures) },
        ]}
      />
    </>
  );
}

function Verifications({ pipeline: { verifications } }: { readonly pipeline: PipelineRun }) {
  if (verifications.length === 0) return null;
  return (
    <>
      <h3>Verified in the target before the commit</h3>
      <Table
        caption="Verification"
        rows={verifications}
        keyOf={({ name }) => name}
        columns={[
          {
            heading: 'Verdict',
            cell: ({ passed }) => <Badge tone={passed ? 'good' : 'bad'}>{passed ? 'passed' : 'failed'}</Badge>,
          },
          { heading: 'What', cell: ({ name }) => name },
          { heading: 'Expected', figures: true, cell: ({ expected }) => expected },
          { heading: 'Found', figures: true, cell: ({ actual }) => actual },
        ]}
      />
    </>
  );
}

function Lookups({ pipeline: { lookups = [], rules = [] } }: { readonly pipeline: PipelineRun }) {
  if (lookups.length + rules.length === 0) return null;
  return (
    <>
      <h3>Lookups and rules</h3>
      <Table
        caption="Lookups and rules"
        rows={[
          ...lookups.map(({ name, rows, missing }) => ({
            name,
            rows,
            words: missing === 0 ? 'all found' : `${formatRows(missing)} not found`,
          })),
          ...rules.map(({ name, rows, reason }) => ({ name, rows, words: reason ?? 'applied' })),
        ]}
        keyOf={({ name }, index) => `${name} ${index}`}
        columns={[
          { heading: 'What', cell: ({ name }) => name },
          { heading: 'Rows', figures: true, cell: ({ rows }) => formatCount(rows) },
          { heading: 'Found', cell: ({ words }) => words },
        ]}
      />
    </>
  );
}
