import { useEffect, useRef, useState } from 'preact/hooks';
import { CancelDialog } from '../actions/cancel-dialog';
import { RerunDialog } from '../actions/rerun-dialog';
import { StartDialog } from '../actions/start-dialog';
import { UndoDialog } from '../actions/undo-dialog';
import type { RunInDetail } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { Flow } from '../charts/flow';
import { Timeline } from '../charts/timeline';
import { formatDuration, formatRows, zoneName } from '../format';
import { linkTo } from '../router';
import { may } from '../session';
import { announce } from '../ui/announce';
import { FailurePanel } from '../ui/failure-panel';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Facts, Section } from '../ui/section';
import { StatusBadge } from '../ui/status-badge';
import { Time } from '../ui/time';
import { elapsed, failuresOf, pipelinesWords, STATUS_WORDS, triggerWords } from '../words';
import { CostOfRun } from './cost-of-run';
import { PipelineOfRun } from './pipeline-of-run';
import { isUnderWay } from './situation';

const LIVE_MS = 1500;
/** An undo that is under way, or a run that was just looked at, may change. */
const CALM_MS = 30_000;

/** One run, live while it is under way. */
export function RunView({ id }: { readonly id: string }) {
  const answer = useAnswer<RunInDetail>(`runs/${encodeURIComponent(id)}`, (run) =>
    run === undefined ? 5000 : isUnderWay(run) || isBeingUndone(run) ? LIVE_MS : CALM_MS,
  );
  return (
    <>
      {answer.value === undefined && <PageHead title="Run" lead={<code>{id}</code>} />}
      <Loaded answer={answer}>{(run) => <RunBody run={run} reload={answer.reload} />}</Loaded>
    </>
  );
}

function isBeingUndone({ undo }: RunInDetail): boolean {
  return undo?.end === null;
}

function RunBody({ run, reload }: { readonly run: RunInDetail; readonly reload: () => void }) {
  const before = useRef(run.status);
  useEffect(() => {
    if (before.current !== run.status) announce(`The run is now: ${STATUS_WORDS[run.status].toLowerCase()}.`);
    before.current = run.status;
  }, [run.status]);
  const now = Date.now();
  return (
    <>
      <PageHead
        title={
          <>
            <span class="unseen">Run of </span>
            {pipelinesWords(run)}
          </>
        }
        lead={
          <span class="run-lead">
            <StatusBadge status={run.status} />
            <span>{triggerWords(run.trigger)}</span>
            <span>
              <Time at={run.startedAt ?? run.requestedAt} /> {zoneName()}
            </span>
            {run.startedAt !== null && <span>{formatDuration(elapsed(run.startedAt, run.endedAt, now))}</span>}
          </span>
        }
        actions={<RunActions run={run} reload={reload} />}
      />
      {run.cancel !== null && (
        <p class="note tone-warn">
          {isUnderWay(run) ? 'Being cancelled' : 'Cancelled'} by {run.cancel.by}
          {run.cancel.reason !== '' && `: ${run.cancel.reason}`}
        </p>
      )}
      {failuresOf(run).map((failure) => (
        <FailurePanel key={`${failure.pipeline ?? ''} ${failure.message}`} failure={failure} />
      ))}
      <UndoNote run={run} />
      <Section title="Rows">
        <Flow counts={run.counts} ended={!isUnderWay(run)} />
        {run.release !== undefined && (
          <p class="soft">
            Of {formatRows(run.release.released)} released: {formatRows(run.release.loaded)} loaded,{' '}
            {formatRows(run.release.quarantinedAgain)} quarantined again.
          </p>
        )}
      </Section>
      <Section title="Steps over time">
        <Timeline run={run} now={now} />
      </Section>
      {worstFirst(run.pipelines).map((pipeline) => (
        <PipelineOfRun
          key={pipeline.pipeline}
          runId={run.runId}
          pipeline={pipeline}
          alone={run.pipelines.length === 1}
        />
      ))}
      {!isUnderWay(run) && <CostOfRun runId={run.runId} />}
      <Section title="About this run">
        <Facts facts={aboutOf(run)} />
      </Section>
    </>
  );
}

/** Whoever looks at a run that failed looks for what failed. */
function worstFirst(pipelines: RunInDetail['pipelines']): RunInDetail['pipelines'] {
  const rank = ({ status }: RunInDetail['pipelines'][number]): number =>
    status === 'Failed' ? 0 : status === 'Cancelled' ? 1 : 2;
  return pipelines.toSorted((one, other) => rank(one) - rank(other));
}

function aboutOf(run: RunInDetail) {
  const { trigger } = run;
  const parameters = Object.entries(run.parameters);
  return [
    ['Run', <code key="run">{run.runId}</code>],
    [`Asked for (${zoneName()})`, <Time key="asked" at={run.requestedAt} />],
    [`Ended (${zoneName()})`, <Time key="ended" at={run.endedAt} />],
    [
      'Parameters',
      parameters.length === 0 ? 'none' : parameters.map(([name, value]) => `${name} = ${String(value)}`).join(', '),
    ],
    ...(trigger.kind === 'manual' && trigger.rerunOf !== undefined
      ? ([
          [
            'Starts again',
            <a key="again" href={linkTo(['runs', trigger.rerunOf])}>
              {trigger.rerunOf}
            </a>,
          ],
        ] as const)
      : []),
    ['Correlation id', <code key="correlation">{run.correlationId}</code>],
    ['Plan', <code key="plan">{run.planHash.slice(0, 12)}</code>],
    ['Environment', run.environment],
  ] as const;
}

function RunActions({ run, reload }: { readonly run: RunInDetail; readonly reload: () => void }) {
  const [open, setOpen] = useState<'cancel' | 'rerun' | 'undo' | 'start' | null>(null);
  const close = (): void => setOpen(null);
  if (!may('operator')) return null;
  const live = isUnderWay(run);
  const unfinished = run.pipelines.some(({ status }) => status !== 'Succeeded');
  const startable = run.trigger.kind !== 'release' && run.trigger.kind !== 'backfill';
  const published = run.pipelines.some(({ load }) => load !== null);
  const [only] = run.pipelines;
  return (
    <>
      {live && run.cancel === null && (
        <button type="button" class="danger" onClick={() => setOpen('cancel')}>
          <Icon name="cancelled" /> Cancel
        </button>
      )}
      {!live && unfinished && startable && (
        <button type="button" class="primary" onClick={() => setOpen('rerun')}>
          <Icon name="again" /> Run again what failed
        </button>
      )}
      {!live && !unfinished && run.pipelines.length === 1 && (
        <button type="button" onClick={() => setOpen('start')}>
          <Icon name="play" /> Start again
        </button>
      )}
      {!live && published && run.undo?.end?.status !== 'Succeeded' && !isBeingUndone(run) && (
        <button type="button" onClick={() => setOpen('undo')}>
          <Icon name="undo" /> Take back
        </button>
      )}
      {open === 'cancel' && <CancelDialog runId={run.runId} onDone={reload} onClose={close} />}
      {open === 'rerun' && <RerunDialog run={run} onClose={close} />}
      {open === 'undo' && <UndoDialog run={run} onDone={reload} onClose={close} />}
      {open === 'start' && only !== undefined && (
        <StartDialog pipeline={only.pipeline} paused={false} onClose={close} />
      )}
    </>
  );
}

function UndoNote({ run: { undo } }: { readonly run: RunInDetail }) {
  if (undo === undefined) return null;
  const { by, reason, end } = undo;
  if (end === null)
    return (
      <p class="note tone-busy">
        Being taken back, asked by {by}: {reason}
      </p>
    );
  return (
    <div class={`note tone-${end.status === 'Succeeded' ? 'warn' : 'bad'}`}>
      <p class="note-title">
        {end.status === 'Succeeded' ? 'Taken back' : 'Could not be taken back'} by {by}: {reason}
      </p>
      <ul>
        {end.undone.map(({ pipeline, removed, restored }) => (
          <li key={pipeline}>
            {pipeline}: {formatRows(removed)} removed, {formatRows(restored)} put back. It is paused.
          </li>
        ))}
      </ul>
      {end.failure !== null && <FailurePanel failure={end.failure} />}
    </div>
  );
}
