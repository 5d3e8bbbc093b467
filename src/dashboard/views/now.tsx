import { useState } from 'preact/hooks';
import { RerunDialog } from '../actions/rerun-dialog';
import { StartAllDialog } from '../actions/start-all-dialog';
import type { Run } from '../api/types';
import { formatCount, formatDuration, formatRows } from '../format';
import { linkTo } from '../router';
import { may } from '../session';
import { Icon } from '../ui/icon';
import { PageHead } from '../ui/page-head';
import { ProblemNote } from '../ui/problem-note';
import { Facts, Section } from '../ui/section';
import { StatusBadge } from '../ui/status-badge';
import { Time } from '../ui/time';
import { DATA_STATE_WORDS, elapsed, failuresOf, pipelinesWords } from '../words';
import { PipelineRows } from './pipeline-rows';
import { isUnderWay, useSituation } from './situation';

/** What needs somebody now, what is under way, and how every pipeline stands. */
export function NowView() {
  const { runs, pipelines, failed, underWay, notices, problem, reload } = useSituation();
  const [rerun, setRerun] = useState<Run | null>(null);
  const [starting, setStarting] = useState(false);
  const needs = failed.length + notices.length;
  const names = (pipelines?.pipelines ?? []).map(({ pipeline }) => pipeline);
  return (
    <>
      <PageHead
        title={
          runs === undefined
            ? 'Now'
            : needs === 0
              ? 'All is well'
              : `${needs} ${needs === 1 ? 'thing needs' : 'things need'} you`
        }
        lead={
          runs === undefined
            ? 'Asking the app …'
            : needs === 0
              ? 'The last run of every pipeline came to its end, and nothing waits for a decision.'
              : undefined
        }
        actions={
          may('operator') &&
          names.length > 0 && (
            <button type="button" onClick={() => setStarting(true)}>
              <Icon name="play" /> Start all pipelines
            </button>
          )
        }
      />
      {problem !== null && <ProblemNote problem={problem} retry={reload} />}
      {failed.map((run) => (
        <FailedRun key={run.runId} run={run} onRerun={() => setRerun(run)} />
      ))}
      {notices.length > 0 && (
        <ul class="notices">
          {notices.map(({ key, tone, icon, title, detail, link, action }) => (
            <li key={key} class={`tone-${tone}`}>
              <Icon name={icon} />
              <div>
                <strong>{title}</strong>
                <p>{detail}</p>
              </div>
              <a class="button" href={link}>
                {action}
              </a>
            </li>
          ))}
        </ul>
      )}
      {underWay.length > 0 && (
        <Section title="Under way">
          <ul class="plain-list">
            {underWay.map((run) => (
              <UnderWay key={run.runId} run={run} />
            ))}
          </ul>
        </Section>
      )}
      {pipelines !== undefined && runs !== undefined && (
        <Section title="Pipelines" aside={<a href={linkTo(['pipelines'])}>Graph and details</a>}>
          <PipelineRows pipelines={pipelines.pipelines} runs={runs} onChanged={reload} />
        </Section>
      )}
      {rerun !== null && <RerunDialog run={rerun} onClose={() => setRerun(null)} />}
      {starting && <StartAllDialog pipelines={names} onClose={() => setStarting(false)} />}
    </>
  );
}

function FailedRun({ run, onRerun }: { readonly run: Run; readonly onRerun: () => void }) {
  const failures = failuresOf(run);
  const [first] = failures;
  const names = run.pipelines.filter(({ status }) => status === 'Failed').map(({ pipeline }) => pipeline);
  const skipped = run.pipelines.filter(({ status }) => status === 'Skipped').map(({ pipeline }) => pipeline);
  return (
    <article class="attention" aria-label={`Failed run of ${names.join(', ')}`}>
      <div class="attention-head">
        <StatusBadge status={run.status} />
        <h2>
          <a href={linkTo(['runs', run.runId])}>{names.length > 0 ? names.join(', ') : pipelinesWords(run)}</a>
        </h2>
        <span class="soft">
          <Time at={run.endedAt ?? run.requestedAt} ago />
        </span>
      </div>
      {first !== undefined && (
        <>
          <p class="failure-message">{first.message}</p>
          <Facts
            facts={[
              ['What to do', <strong>{first.nextAction}</strong>],
              ['State of the data', DATA_STATE_WORDS[first.dataState]],
              ...(skipped.length === 0 ? [] : ([['Skipped because of it', skipped.join(', ')]] as const)),
            ]}
          />
        </>
      )}
      <div class="actions">
        {may('operator') && (
          <button type="button" class="primary" onClick={onRerun}>
            <Icon name="again" /> Run again
          </button>
        )}
        <a class="button" href={linkTo(['runs', run.runId])}>
          Open the run
        </a>
        {first !== undefined && (
          <a class="button" href={linkTo(['runbooks', first.code])}>
            <Icon name="book" /> Runbook
          </a>
        )}
      </div>
    </article>
  );
}

function UnderWay({ run }: { readonly run: Run }) {
  const steps = run.pipelines.flatMap(({ steps: its }) => its);
  const done = steps.reduce((sum, { partitions }) => sum + partitions.done, 0);
  const total = steps.reduce((sum, { partitions }) => sum + partitions.total, 0);
  const ended = run.pipelines.filter((pipeline) => !isUnderWay(pipeline)).length;
  const words = [
    run.pipelines.length > 1 ? `${ended} of ${run.pipelines.length} pipelines` : '',
    total > 0 ? `${formatCount(done)} of ${formatCount(total)} partitions so far` : '',
    run.counts.read > 0 ? `${formatRows(run.counts.read)} read` : '',
    `for ${formatDuration(elapsed(run.startedAt ?? run.requestedAt, null))}`,
  ];
  return (
    <li>
      <StatusBadge status={run.status} /> <a href={linkTo(['runs', run.runId])}>{pipelinesWords(run)}</a>{' '}
      <span class="soft">{words.filter((part) => part !== '').join(', ')}</span>
    </li>
  );
}
