import { useState } from 'preact/hooks';
import { PauseDialog } from '../actions/pause-dialog';
import { StartDialog } from '../actions/start-dialog';
import type { PipelineDefinition, PipelineSchemas, RunsPage } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { RunStrip } from '../charts/run-strip';
import { formatCount, zoneName } from '../format';
import { linkTo } from '../router';
import { may } from '../session';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Facts, Section } from '../ui/section';
import { Table } from '../ui/table';
import { Time } from '../ui/time';
import { stripsOf } from './pipeline-rows';
import { VersionsOfPipeline } from './versions-of-pipeline';

/** One pipeline: what it does, how far it is, how it did, its columns over time, its definition. */
export function PipelineView({ name }: { readonly name: string }) {
  const path = `pipelines/${encodeURIComponent(name)}`;
  const definition = useAnswer<PipelineDefinition>(path, () => 30_000);
  const runs = useAnswer<RunsPage>(`runs?pipeline=${encodeURIComponent(name)}&limit=14`, () => 15_000);
  const schema = useAnswer<PipelineSchemas>(`${path}/schema?limit=10`);
  const [open, setOpen] = useState<'start' | 'pause' | null>(null);
  const paused = definition.value?.paused ?? null;
  return (
    <>
      <PageHead
        title={name}
        lead={definition.value?.description ?? undefined}
        actions={
          may('operator') &&
          definition.value !== undefined && (
            <>
              <button type="button" class="primary" onClick={() => setOpen('start')}>
                <Icon name="play" /> Start
              </button>
              <button type="button" onClick={() => setOpen('pause')}>
                <Icon name={paused === null ? 'paused' : 'play'} /> {paused === null ? 'Pause' : 'Resume'}
              </button>
            </>
          )
        }
      />
      <Loaded answer={definition}>
        {(pipeline) => (
          <>
            {paused !== null && (
              <p class="note tone-warn">
                Paused by {paused.by}: {paused.reason}
              </p>
            )}
            <Section title="What it is" aside={<a href={linkTo(['quality'], { pipeline: name })}>Quality</a>}>
              <Facts facts={factsOf(pipeline)} />
            </Section>
          </>
        )}
      </Loaded>
      <Section title="Last runs" aside={<a href={linkTo(['runs'], { pipeline: name })}>All runs</a>}>
        <Loaded answer={runs}>
          {(page) => <RunStrip pipeline={name} runs={stripsOf(page.runs).get(name) ?? []} />}
        </Loaded>
      </Section>
      <Section title="Columns over time">
        <Loaded answer={schema}>{(versions) => <SchemaVersions schemas={versions} />}</Loaded>
      </Section>
      <VersionsOfPipeline pipeline={name} />
      {definition.value !== undefined && (
        <Section title="Definition">
          <details>
            <summary>As it is deployed, defaults filled in</summary>
            <pre tabIndex={0}>{JSON.stringify(definition.value.definition, null, 2)}</pre>
          </details>
        </Section>
      )}
      {open === 'start' && <StartDialog pipeline={name} paused={paused !== null} onClose={() => setOpen(null)} />}
      {open === 'pause' && (
        <PauseDialog
          pipeline={name}
          resume={paused !== null}
          onDone={definition.reload}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function factsOf(pipeline: PipelineDefinition) {
  const { owner, tags, dependsOn, source, target, trigger, watermark, concurrency } = pipeline;
  const links = dependsOn.map((name) => (
    <a key={name} href={linkTo(['pipelines', name])}>
      {name}
    </a>
  ));
  return [
    ['Owner', owner ?? 'nobody'],
    ['From', source.connection],
    ['To', `${target.connection}: ${target.table ?? ''} (${target.writeDisposition})`],
    ['After', links.length === 0 ? 'nothing' : links],
    ['Starts by itself', triggerOf(trigger)],
    [
      'Loaded so far',
      watermark === null
        ? 'nothing'
        : `load ${watermark.load}, ${watermark.value === null ? `${formatCount(watermark.files)} files` : `up to ${watermark.value}`}`,
    ],
    ['At the same time', `${concurrency.limit}, then ${concurrency.onOverlap}`],
    [
      'Tags',
      Object.entries(tags)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', ') || 'none',
    ],
  ] as const;
}

function triggerOf(trigger: PipelineDefinition['trigger']): string {
  const { schedule, blob, event } = (trigger ?? {}) as {
    readonly schedule?: { readonly cron: string; readonly timeZone: string };
    readonly blob?: { readonly path: string };
    readonly event?: { readonly path: string };
  };
  const ways = [
    schedule === undefined ? '' : `${schedule.cron} (${schedule.timeZone})`,
    blob === undefined ? '' : `file ${blob.path}`,
    event === undefined ? '' : `file ${event.path}`,
  ].filter((way) => way !== '');
  return ways.length === 0 ? 'no' : ways.join('; ');
}

function SchemaVersions({ schemas: { source, target } }: { readonly schemas: PipelineSchemas }) {
  const rows = [
    ...source.map((version) => ({ side: 'source', ...version })),
    ...target.map((version) => ({ side: 'target', ...version })),
  ];
  if (rows.length === 0) return <p class="soft">No run has met any columns yet.</p>;
  return (
    <Table
      caption="Columns over time"
      rows={rows}
      keyOf={({ side, version }) => `${side} ${version}`}
      columns={[
        { heading: 'Side', cell: ({ side }) => side },
        { heading: 'Version', figures: true, cell: ({ version }) => version },
        { heading: `Since (${zoneName()})`, cell: ({ at }) => <Time at={at} /> },
        { heading: 'Columns', figures: true, cell: ({ columns }) => columns.length },
        {
          heading: 'Changed',
          cell: ({ changes }) =>
            changes.length === 0
              ? 'first seen'
              : changes
                  .map((change) =>
                    change.change === 'type'
                      ? `${change.column}: ${change.from} to ${change.to}`
                      : `${change.column} ${change.change}`,
                  )
                  .join(', '),
        },
        { heading: 'Run', cell: ({ runId }) => <a href={linkTo(['runs', runId])}>run</a> },
      ]}
    />
  );
}
