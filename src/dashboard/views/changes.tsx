import { useState } from 'preact/hooks';
import { DecideApprovalDialog, type ApprovalVerdict } from '../actions/decide-approval-dialog';
import type { Approval, ApprovalInDetail, ApprovalsList, Pipeline, PipelinesList } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatAgo, zoneName } from '../format';
import { linkTo } from '../router';
import { caller, may } from '../session';
import { FailurePanel } from '../ui/failure-panel';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Facts, Section } from '../ui/section';
import { Badge, type Tone } from '../ui/status-badge';
import { Table } from '../ui/table';
import { Time } from '../ui/time';
import { Differences } from './differences';

const STATES: Readonly<Record<Approval['state'], Tone>> = {
  waiting: 'warn',
  approved: 'busy',
  done: 'good',
  failed: 'bad',
  rejected: 'quiet',
  expired: 'quiet',
  withdrawn: 'quiet',
};
export const VERSION_WORDS: Readonly<Record<NonNullable<Pipeline['version']>['why'], readonly [string, Tone]>> = {
  deployed: ['the deployed one', 'good'],
  approved: ['the approved one', 'good'],
  activated: ['another one, by choice', 'warn'],
  'waits-for-approval': ['waits for approval', 'warn'],
};

/** What waits for somebody else's word, and which version of each pipeline runs use. */
export function ChangesView() {
  const approvals = useAnswer<ApprovalsList>('approvals?limit=50', () => 10_000);
  const pipelines = useAnswer<PipelinesList>('pipelines', () => 30_000);
  return (
    <>
      <PageHead
        title="Changes"
        lead="What waits for the word of somebody else, and which version of each pipeline runs use."
      />
      <Loaded answer={approvals}>
        {({ approvals: found }) => {
          const waiting = found.filter(({ state }) => state === 'waiting');
          const decided = found.filter(({ state }) => state !== 'waiting');
          return (
            <>
              {waiting.length === 0 && <p class="empty">Nothing waits for an approval.</p>}
              {waiting.map((approval) => (
                <WaitingApproval key={approval.approval} approval={approval} onDone={approvals.reload} />
              ))}
              {decided.length > 0 && <Decided approvals={decided} />}
            </>
          );
        }}
      </Loaded>
      <Section title="Versions in use">
        <Loaded answer={pipelines}>
          {({ pipelines: found }) => (
            <Table
              caption="Versions in use"
              rows={found}
              keyOf={({ pipeline }) => pipeline}
              columns={[
                {
                  heading: 'Pipeline',
                  cell: ({ pipeline }) => <a href={linkTo(['pipelines', pipeline])}>{pipeline}</a>,
                },
                {
                  heading: 'Runs use',
                  cell: ({ version }) => {
                    if (version === null) return <span class="soft">not known yet</span>;
                    const [words, tone] = VERSION_WORDS[version.why];
                    return <Badge tone={tone}>{words}</Badge>;
                  },
                },
                { heading: 'In use', cell: ({ version }) => <code>{version?.used?.slice(0, 12) ?? ''}</code> },
                { heading: 'Deployed', cell: ({ version }) => <code>{version?.deployed.slice(0, 12) ?? ''}</code> },
                {
                  heading: 'Why',
                  cell: ({ version }) => {
                    const pin = version?.pin ?? null;
                    return pin === null ? '' : `${pin.reason} (${pin.by})`;
                  },
                },
              ]}
            />
          )}
        </Loaded>
      </Section>
    </>
  );
}

function WaitingApproval({ approval, onDone }: { readonly approval: Approval; readonly onDone: () => void }) {
  const [verdict, setVerdict] = useState<ApprovalVerdict | null>(null);
  const detail = useAnswer<ApprovalInDetail>(`approvals/${approval.approval}`);
  const { requester, requestedAt, deadlineAt, reason, summary } = approval;
  const isMine = requester === caller.value?.name;
  return (
    <Section title={summary} aside={<Badge tone="warn">waiting</Badge>}>
      <Facts
        facts={[
          ['Asked for by', requester],
          ['Why', reason],
          [`Asked for (${zoneName()})`, <Time key="asked" at={requestedAt} />],
          [
            `Decided until (${zoneName()})`,
            <span key="until">
              <Time at={deadlineAt} /> ({formatAgo(deadlineAt)})
            </span>,
          ],
        ]}
      />
      {(detail.value?.changes ?? []).map(({ pipeline, differences, count }) => (
        <Differences key={pipeline} title={`What changes in ${pipeline}`} differences={differences} count={count} />
      ))}
      <div class="actions">
        {may('approver') && !isMine && (
          <button type="button" class="primary" onClick={() => setVerdict('approve')}>
            Approve
          </button>
        )}
        {may('approver') && (
          <button type="button" class="danger" onClick={() => setVerdict('reject')}>
            Reject
          </button>
        )}
        {isMine && may('operator') && (
          <button type="button" onClick={() => setVerdict('withdraw')}>
            Withdraw
          </button>
        )}
        {isMine && <span class="soft">You asked for it, so somebody else has to approve.</span>}
      </div>
      {verdict !== null && (
        <DecideApprovalDialog approval={approval} verdict={verdict} onDone={onDone} onClose={() => setVerdict(null)} />
      )}
    </Section>
  );
}

function Decided({ approvals }: { readonly approvals: readonly Approval[] }) {
  const failed = approvals.filter(({ end }) => (end?.failure ?? null) !== null);
  return (
    <Section title="Decided">
      <Table
        caption="Decided approvals"
        rows={approvals}
        keyOf={({ approval }) => approval}
        columns={[
          { heading: 'State', cell: ({ state }) => <Badge tone={STATES[state]}>{state}</Badge> },
          { heading: 'What', cell: ({ summary }) => summary },
          { heading: 'Asked for by', cell: ({ requester }) => requester },
          {
            heading: 'Decided by',
            cell: ({ decision }) => (decision === null ? '' : `${decision.by}: ${decision.reason}`),
          },
          {
            heading: `When (${zoneName()})`,
            cell: ({ decision }) => (decision === null ? '' : <Time at={decision.at} />),
          },
          {
            heading: 'Came of it',
            cell: ({ end }) => {
              const run = end?.result['run'];
              return typeof run === 'string' ? <a href={linkTo(['runs', run])}>run</a> : '';
            },
          },
        ]}
      />
      {failed.map(({ approval, end }) => {
        const failure = end?.failure ?? null;
        return failure !== null && <FailurePanel key={approval} failure={failure} />;
      })}
    </Section>
  );
}
