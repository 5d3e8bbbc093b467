import { useState } from 'preact/hooks';
import { AlertDialog } from '../actions/alert-dialog';
import type { AlertInDetail } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatCount, zoneName } from '../format';
import { linkTo } from '../router';
import { may } from '../session';
import { AlertStateBadge, SeverityBadge } from '../ui/alert-badges';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Facts, Section } from '../ui/section';
import { Time } from '../ui/time';

/** One alert: what happened, in which state the data is, what to do, who was told and who has it. */
export function AlertView({ id }: { readonly id: string }) {
  const answer = useAnswer<AlertInDetail>(`alerts/${encodeURIComponent(id)}`, () => 10_000);
  const [act, setAct] = useState<'acknowledge' | 'resolve' | null>(null);
  const alert = answer.value;
  return (
    <>
      <PageHead
        title={alert?.title ?? 'Alert'}
        lead={
          alert !== undefined && (
            <span class="run-lead">
              <SeverityBadge severity={alert.severity} />
              <AlertStateBadge state={alert.state} />
              <span>
                <Time at={alert.lastAt} /> {zoneName()}
              </span>
            </span>
          )
        }
        actions={
          alert !== undefined &&
          may('operator') &&
          alert.state !== 'resolved' && (
            <>
              {alert.state === 'open' && (
                <button type="button" class="primary" onClick={() => setAct('acknowledge')}>
                  Take it up
                </button>
              )}
              <button type="button" onClick={() => setAct('resolve')}>
                Resolve
              </button>
            </>
          )
        }
      />
      <Loaded answer={answer}>
        {(value) => (
          <>
            <Section title="What happened">
              <p class="failure-message">{value.what}</p>
              <Facts facts={factsOf(value)} />
            </Section>
            <Section title="What became of it">
              <ol class="history">
                {value.timeline.map(({ at, event, by, text }, index) => (
                  <li key={index}>
                    <Time at={at} /> <strong>{event}</strong> {by} <span class="soft">{text}</span>
                  </li>
                ))}
              </ol>
              {value.timeline.length === 0 && <p class="soft">Nothing yet.</p>}
            </Section>
          </>
        )}
      </Loaded>
      {act !== null && alert !== undefined && (
        <AlertDialog alert={alert} act={act} onDone={answer.reload} onClose={() => setAct(null)} />
      )}
    </>
  );
}

function factsOf({
  todo,
  data,
  pipeline,
  runId,
  connection,
  runbook,
  code,
  owner,
  count,
  firstAt,
  acknowledged,
  resolved,
}: AlertInDetail) {
  const page = /([a-z0-9-]+)\.md$/.exec(runbook ?? '')?.[1];
  return [
    ['What to do', <strong key="todo">{todo}</strong>],
    ['State of the data', data],
    ...(pipeline === null
      ? []
      : ([
          [
            'Pipeline',
            <a key="pipeline" href={linkTo(['pipelines', pipeline])}>
              {pipeline}
            </a>,
          ],
        ] as const)),
    ...(runId === null
      ? []
      : ([
          [
            'Run',
            <a key="run" href={linkTo(['runs', runId])}>
              {runId}
            </a>,
          ],
        ] as const)),
    ...(connection === null
      ? []
      : ([
          [
            'Connection',
            <a key="connection" href={linkTo(['breakers'])}>
              {connection}
            </a>,
          ],
        ] as const)),
    ...(page === undefined
      ? []
      : ([
          [
            'Runbook',
            <span key="runbook">
              <Icon name="book" /> <a href={linkTo(['runbooks', page])}>{code ?? page}</a>
            </span>,
          ],
        ] as const)),
    ['Owner', owner ?? 'nobody'],
    [`Since (${zoneName()})`, <Time key="since" at={firstAt} />],
    ['Events', formatCount(count)],
    ...(acknowledged === null ? [] : ([['Taken up by', `${acknowledged.by} ${acknowledged.note}`]] as const)),
    ...(resolved === null ? [] : ([['Resolved by', `${resolved.by}: ${resolved.reason}`]] as const)),
  ] as const;
}
