import { useState } from 'preact/hooks';
import { ask, problemOf } from '../api/client';
import type { Breaker, BreakersList, ConnectionTest, Problem } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatCount, zoneName } from '../format';
import { linkTo } from '../router';
import { may } from '../session';
import { announce } from '../ui/announce';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { ProblemNote } from '../ui/problem-note';
import { Facts, Section } from '../ui/section';
import { Badge } from '../ui/status-badge';
import { Time } from '../ui/time';

/** The circuit breaker of each connection, and whether the connection works. */
export function BreakersView() {
  const breakers = useAnswer<BreakersList>('breakers', () => 5000);
  return (
    <>
      <PageHead
        title="Breakers"
        lead="When too many calls to a connection fail, nobody calls it for a while; then one call tries whether it works again."
      />
      <Loaded answer={breakers}>
        {({ breakers: found }) => (
          <div class="grid">
            {found.map((breaker) => (
              <BreakerCard key={breaker.connection} breaker={breaker} />
            ))}
          </div>
        )}
      </Loaded>
    </>
  );
}

function BreakerCard({ breaker }: { readonly breaker: Breaker }) {
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const { connection, kind } = breaker;
  const tryIt = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const found = await ask<ConnectionTest>('POST', `connections/${encodeURIComponent(connection)}/test`, {});
      setTest(found);
      announce(found.works ? `${connection} works.` : `${connection} does not work.`);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <Section title={connection} aside={<State breaker={breaker} />}>
      <Facts facts={[['Kind', kind], ...detailsOf(breaker)]} />
      {may('operator') && (
        <button type="button" disabled={busy} onClick={() => void tryIt()}>
          {busy ? 'Trying …' : 'Test the connection'}
        </button>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
      {test?.uses.map(({ as, works, findings, failure }) => (
        <div key={as} class={`note tone-${works ? 'good' : 'bad'}`}>
          <p class="note-title">
            As a {as} it {works ? 'works' : 'does not work'}
          </p>
          <ul>
            {findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
          {failure !== null && (
            <p>
              {failure.message} <strong>{failure.nextAction}</strong>{' '}
              <a href={linkTo(['runbooks', failure.code])}>{failure.code}</a>
            </p>
          )}
        </div>
      ))}
    </Section>
  );
}

function State({ breaker: { state } }: { readonly breaker: Breaker }) {
  const looks = { closed: ['good', 'succeeded'], open: ['bad', 'failed'], 'half-open': ['warn', 'progress'] } as const;
  const [tone, icon] = looks[state];
  return (
    <Badge tone={tone} icon={icon}>
      {state === 'closed' ? 'closed: calls go through' : state}
    </Badge>
  );
}

function detailsOf(breaker: Breaker) {
  switch (breaker.state) {
    case 'closed':
      return [
        ['Calls in the window', `${formatCount(breaker.successes)} succeeded, ${formatCount(breaker.failures)} failed`],
      ] as const;
    case 'open':
      return [
        ['Why', breaker.reason],
        [`Open since (${zoneName()})`, <Time key="since" at={breaker.openedAt} />],
        [`Tried again (${zoneName()})`, <Time key="until" at={breaker.until} />],
      ] as const;
    case 'half-open':
      return [
        [`Open since (${zoneName()})`, <Time key="since" at={breaker.openedAt} />],
        ['Being tried by', breaker.probe ?? 'nobody yet'],
      ] as const;
  }
}
