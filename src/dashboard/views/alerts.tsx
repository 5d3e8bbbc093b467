import { useState } from 'preact/hooks';
import { AlertDialog } from '../actions/alert-dialog';
import type { Alert, AlertsPage } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatCount, zoneName } from '../format';
import { go, linkTo } from '../router';
import { may } from '../session';
import { AlertStateBadge, SeverityBadge } from '../ui/alert-badges';
import { Choice } from '../ui/field';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Table } from '../ui/table';
import { Time } from '../ui/time';
import { Pager } from './runs';

const PAGE = 50;

/** Alerts, newest first, by state and severity; who takes one up says so here. */
export function AlertsView({ query }: { readonly query: URLSearchParams }) {
  const filter = { state: query.get('state') ?? '', severity: query.get('severity') ?? '' };
  const continuation = query.get('continuation') ?? '';
  const asked = new URLSearchParams({
    limit: String(PAGE),
    ...(filter.state !== '' && { state: filter.state }),
    ...(filter.severity !== '' && { severity: filter.severity }),
    ...(continuation !== '' && { continuation }),
  });
  const page = useAnswer<AlertsPage>(`alerts?${asked.toString()}`, () => (continuation === '' ? 10_000 : null));
  const [taking, setTaking] = useState<Alert | null>(null);
  return (
    <>
      <PageHead title="Alerts" lead="What people were told of. Taking one up ends its escalation." />
      <div class="filters" role="search" aria-label="Filter alerts">
        <Choice
          label="State"
          value={filter.state}
          options={[
            ['', 'all'],
            ['open', 'nobody has it'],
            ['acknowledged', 'taken up'],
            ['resolved', 'resolved'],
          ]}
          onChange={(state) => go(linkTo(['alerts'], { ...filter, state }))}
        />
        <Choice
          label="Severity"
          value={filter.severity}
          options={['', 'critical', 'error', 'warning', 'info'].map((each): [string, string] => [
            each,
            each === '' ? 'all' : each,
          ])}
          onChange={(severity) => go(linkTo(['alerts'], { ...filter, severity }))}
        />
      </div>
      <Loaded answer={page}>
        {({ alerts, continuation: next }) => (
          <>
            {alerts.length === 0 ? (
              <p class="empty">There is no such alert.</p>
            ) : (
              <Table
                caption="Alerts"
                rows={alerts}
                keyOf={({ id }) => id}
                toneOf={({ state }) => (state === 'open' ? 'row-bad' : '')}
                columns={[
                  { heading: 'Severity', cell: ({ severity }) => <SeverityBadge severity={severity} /> },
                  { heading: 'State', cell: ({ state }) => <AlertStateBadge state={state} /> },
                  {
                    heading: 'Alert',
                    cell: ({ id, title, acknowledged }) => (
                      <>
                        <a href={linkTo(['alerts', id])}>{title}</a>
                        {acknowledged !== null && (
                          <>
                            <br />
                            <span class="soft">
                              {acknowledged.by}
                              {acknowledged.note !== '' && `: ${acknowledged.note}`}
                            </span>
                          </>
                        )}
                      </>
                    ),
                  },
                  { heading: `Last (${zoneName()})`, cell: ({ lastAt }) => <Time at={lastAt} /> },
                  { heading: 'Events', figures: true, cell: ({ count }) => formatCount(count) },
                  {
                    heading: 'Actions',
                    cell: (alert) =>
                      alert.state === 'open' &&
                      may('operator') && (
                        <button
                          type="button"
                          class="small"
                          onClick={() => setTaking(alert)}
                          aria-label={`Take up ${alert.title}`}
                        >
                          Take up
                        </button>
                      ),
                  },
                ]}
              />
            )}
            <Pager
              first={continuation === ''}
              next={next}
              linkFor={(value) => linkTo(['alerts'], { ...filter, continuation: value })}
            />
          </>
        )}
      </Loaded>
      {taking !== null && (
        <AlertDialog alert={taking} act="acknowledge" onDone={page.reload} onClose={() => setTaking(null)} />
      )}
    </>
  );
}
