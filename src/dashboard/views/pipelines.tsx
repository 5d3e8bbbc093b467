import { useState } from 'preact/hooks';
import { PauseDialog } from '../actions/pause-dialog';
import { StartAllDialog } from '../actions/start-all-dialog';
import type { PipelinesList, RunsPage } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { Dag, type DagNode } from '../charts/dag';
import { formatAgo } from '../format';
import { may } from '../session';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Section } from '../ui/section';
import { toneOf } from '../ui/status-badge';
import { Table } from '../ui/table';
import { STATUS_WORDS } from '../words';
import { PipelineRows, stripsOf } from './pipeline-rows';

/** The graph of the pipelines, how each stands, and what is wrong with the folder. */
export function PipelinesView() {
  const list = useAnswer<PipelinesList>('pipelines', () => 15_000);
  const runs = useAnswer<RunsPage>('runs?limit=100', () => 15_000);
  const [open, setOpen] = useState<'start' | 'pause' | null>(null);
  const paused = list.value?.paused ?? null;
  return (
    <>
      <PageHead
        title="Pipelines"
        lead="Each runs after those that it depends on."
        actions={
          may('operator') && (
            <>
              <button type="button" class="primary" onClick={() => setOpen('start')}>
                <Icon name="play" /> Start all
              </button>
              <button type="button" onClick={() => setOpen('pause')}>
                <Icon name={paused === null ? 'paused' : 'play'} /> {paused === null ? 'Pause all' : 'Resume all'}
              </button>
            </>
          )
        }
      />
      <Loaded answer={list}>
        {({ pipelines, problems }) => (
          <>
            {paused !== null && (
              <p class="note tone-warn">
                All pipelines are paused by {paused.by}: {paused.reason}
              </p>
            )}
            <Problems problems={problems} />
            <Section title="What depends on what">
              <Dag nodes={nodesOf(pipelines, runs.value)} />
            </Section>
            <Section title="All pipelines">
              <PipelineRows pipelines={pipelines} runs={runs.value?.runs ?? []} onChanged={list.reload} />
            </Section>
            {open === 'start' && (
              <StartAllDialog pipelines={pipelines.map(({ pipeline }) => pipeline)} onClose={() => setOpen(null)} />
            )}
          </>
        )}
      </Loaded>
      {open === 'pause' && (
        <PauseDialog pipeline={null} resume={paused !== null} onDone={list.reload} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function nodesOf(pipelines: PipelinesList['pipelines'], page: RunsPage | undefined): readonly DagNode[] {
  const strips = stripsOf(page?.runs ?? []);
  return pipelines.map(({ pipeline, dependsOn, paused }) => {
    const last = strips.get(pipeline)?.at(-1);
    if (paused !== null) return { name: pipeline, dependsOn, tone: 'warn', words: 'paused' };
    if (last === undefined) return { name: pipeline, dependsOn, tone: 'quiet', words: 'never ran' };
    return {
      name: pipeline,
      dependsOn,
      tone: toneOf(last.status),
      words: `${STATUS_WORDS[last.status]}, ${formatAgo(last.at)}`,
    };
  });
}

function Problems({ problems }: { readonly problems: PipelinesList['problems'] }) {
  if (problems.length === 0) return null;
  return (
    <Section title="What is wrong with the pipelines folder">
      <Table
        caption="Problems of the pipelines folder"
        rows={problems}
        keyOf={({ file, line, column, message }) => `${file}:${line}:${column} ${message}`}
        toneOf={({ severity }) => (severity === 'error' ? 'row-bad' : '')}
        columns={[
          { heading: 'Where', cell: ({ file, line, column }) => <code>{`${file}:${line}:${column}`}</code> },
          { heading: 'Severity', cell: ({ severity }) => severity },
          { heading: 'What', cell: ({ message }) => message },
          { heading: 'What to do', cell: ({ fix }) => fix },
        ]}
      />
    </Section>
  );
}
