import { useState } from 'preact/hooks';
import { PauseDialog } from '../actions/pause-dialog';
import { StartDialog } from '../actions/start-dialog';
import type { Pipeline, PipelineRun, Run } from '../api/types';
import { RunStrip, type StripRun } from '../charts/run-strip';
import { zoneName } from '../format';
import { linkTo } from '../router';
import { may } from '../session';
import { Icon } from '../ui/icon';
import { Badge, StatusBadge } from '../ui/status-badge';
import { Table, type ColumnOf } from '../ui/table';
import { Time } from '../ui/time';
import { elapsed } from '../words';

const STRIP = 10;

/** How each pipeline did in the newest runs, oldest first. */
export function stripsOf(runs: readonly Run[]): ReadonlyMap<string, readonly StripRun[]> {
  const strips = new Map<string, StripRun[]>();
  for (const run of runs) {
    for (const its of run.pipelines) {
      const strip = strips.get(its.pipeline) ?? [];
      strips.set(its.pipeline, strip);
      if (strip.length < STRIP) strip.unshift(stripRunOf(run, its));
    }
  }
  return strips;
}

function stripRunOf(run: Run, { status, startedAt, endedAt }: PipelineRun): StripRun {
  return { runId: run.runId, at: startedAt ?? run.requestedAt, status, seconds: elapsed(startedAt, endedAt) / 1000 };
}

/** Every pipeline with its last runs, and what can be done with it. */
export function PipelineRows({
  pipelines,
  runs,
  onChanged,
}: {
  readonly pipelines: readonly Pipeline[];
  readonly runs: readonly Run[];
  readonly onChanged: () => void;
}) {
  const [starting, setStarting] = useState<Pipeline | null>(null);
  const [pausing, setPausing] = useState<Pipeline | null>(null);
  const strips = stripsOf(runs);
  const lastOf = (name: string): StripRun | undefined => strips.get(name)?.at(-1);
  const columns: readonly ColumnOf<Pipeline>[] = [
    { heading: 'Pipeline', cell: ({ pipeline }) => <a href={linkTo(['pipelines', pipeline])}>{pipeline}</a> },
    {
      heading: 'Stands',
      cell: ({ pipeline, paused }) => {
        const last = lastOf(pipeline);
        if (paused !== null)
          return (
            <Badge tone="warn" icon="paused">
              Paused
            </Badge>
          );
        return last === undefined ? <span class="soft">never ran</span> : <StatusBadge status={last.status} />;
      },
    },
    {
      heading: 'Last runs',
      cell: ({ pipeline }) => <RunStrip pipeline={pipeline} runs={strips.get(pipeline) ?? []} />,
    },
    {
      heading: `Last began (${zoneName()})`,
      cell: ({ pipeline }) => {
        const last = lastOf(pipeline);
        return last === undefined ? '' : <Time at={last.at} />;
      },
    },
    {
      heading: 'Actions',
      cell: (pipeline) =>
        may('operator') && (
          <span class="row-actions">
            <button
              type="button"
              class="small"
              onClick={() => setStarting(pipeline)}
              aria-label={`Start ${pipeline.pipeline}`}
            >
              <Icon name="play" /> Start
            </button>
            <button
              type="button"
              class="small"
              onClick={() => setPausing(pipeline)}
              aria-label={`${pipeline.paused === null ? 'Pause' : 'Resume'} ${pipeline.pipeline}`}
            >
              <Icon name={pipeline.paused === null ? 'paused' : 'play'} />{' '}
              {pipeline.paused === null ? 'Pause' : 'Resume'}
            </button>
          </span>
        ),
    },
  ];
  return (
    <>
      <Table caption="Pipelines" columns={columns} rows={pipelines} keyOf={({ pipeline }) => pipeline} />
      {starting !== null && (
        <StartDialog pipeline={starting.pipeline} paused={starting.paused !== null} onClose={() => setStarting(null)} />
      )}
      {pausing !== null && (
        <PauseDialog
          pipeline={pausing.pipeline}
          resume={pausing.paused !== null}
          onDone={onChanged}
          onClose={() => setPausing(null)}
        />
      )}
    </>
  );
}
