import type { Sla, SlaHistory, SlasList } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { Calendar } from '../charts/calendar';
import { zoneName } from '../format';
import { linkTo } from '../router';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Section } from '../ui/section';
import { Badge, type Tone } from '../ui/status-badge';
import { Table } from '../ui/table';
import { Time } from '../ui/time';

const WEEKS = 5;
type State = Sla['objectives'][number]['state'];
const STATES: Readonly<Record<State, readonly [string, Tone]>> = {
  met: ['met', 'good'],
  atRisk: ['at risk', 'warn'],
  missed: ['missed', 'bad'],
  pending: ['not due yet', 'quiet'],
};
const OBJECTIVES = { freshness: 'Fresh data', maxDuration: 'Longest run', doneBy: 'Done by' } as const;

/** What each pipeline promises, how it stands, and how its due times went day by day. */
export function SlasView() {
  const slas = useAnswer<SlasList>('slas', () => 30_000);
  return (
    <>
      <PageHead
        title="Service levels"
        lead="What each pipeline promises, what its present run lets expect, and how the last weeks went."
      />
      <Loaded answer={slas}>
        {({ slas: found }) =>
          found.length === 0 ? (
            <p class="empty">No pipeline promises anything: sla in its file says what it does.</p>
          ) : (
            found.map((sla) => <SlaCard key={sla.pipeline} sla={sla} />)
          )
        }
      </Loaded>
    </>
  );
}

function SlaCard({ sla }: { readonly sla: Sla }) {
  const { pipeline, owner, objectives, recent, evaluatedAt } = sla;
  const total = recent.met + recent.missed;
  return (
    <Section title={pipeline} aside={<a href={linkTo(['pipelines', pipeline])}>The pipeline</a>}>
      <p class="soft">
        {owner === null ? '' : `Owned by ${owner}. `}
        {total === 0 ? 'Nothing was due yet.' : `${recent.met} of the last ${total} due times were met.`}{' '}
        {evaluatedAt === null && 'Monitoring has not looked yet.'}
      </p>
      {objectives.length > 0 && (
        <Table
          caption={`Promises of ${pipeline}`}
          rows={objectives}
          keyOf={({ objective }) => objective}
          toneOf={({ state }) => (state === 'missed' ? 'row-bad' : '')}
          columns={[
            { heading: 'Stands', cell: ({ state }) => <Badge tone={STATES[state][1]}>{STATES[state][0]}</Badge> },
            { heading: 'Promise', cell: ({ objective }) => OBJECTIVES[objective] },
            { heading: `Due (${zoneName()})`, cell: ({ dueAt }) => (dueAt === null ? '' : <Time at={dueAt} />) },
            {
              heading: `Expected (${zoneName()})`,
              cell: ({ forecast }) => (forecast === null ? '' : <Time at={forecast.expectedAt} />),
            },
            { heading: 'From what', cell: ({ message }) => message },
            { heading: 'Run', cell: ({ runId }) => runId !== null && <a href={linkTo(['runs', runId])}>run</a> },
          ]}
        />
      )}
      <History pipeline={pipeline} />
    </Section>
  );
}

function History({ pipeline }: { readonly pipeline: string }) {
  const from = startOfCalendar();
  const history = useAnswer<SlaHistory>(
    `pipelines/${encodeURIComponent(pipeline)}/sla?limit=1000&from=${encodeURIComponent(from.toISOString())}`,
  );
  return (
    <Loaded answer={history}>
      {({ history: verdicts }) => (
        <>
          <h3>The last {WEEKS} weeks</h3>
          <Calendar from={from} weeks={WEEKS} verdicts={verdicts} />
        </>
      )}
    </Loaded>
  );
}

/** The Monday with which the calendar begins. */
function startOfCalendar(): Date {
  const today = new Date();
  const monday = (today.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() - monday - (WEEKS - 1) * 7));
}
