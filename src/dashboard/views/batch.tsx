import { useState } from 'preact/hooks';
import { DecideDialog, type Decision } from '../actions/decide-dialog';
import { EditRowDialog } from '../actions/edit-row-dialog';
import { ReleaseDialog } from '../actions/release-dialog';
import type { BatchInDetail, QuarantinedRow, RowsPage } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatCount, formatRows, zoneName } from '../format';
import { go, linkTo } from '../router';
import { may } from '../session';
import { Choice } from '../ui/field';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { ProblemNote } from '../ui/problem-note';
import { Section } from '../ui/section';
import { Badge, type Tone } from '../ui/status-badge';
import { Time } from '../ui/time';
import { Pager } from './runs';

const PAGE = 50;
const STATES: Readonly<Record<QuarantinedRow['state'], readonly [string, Tone]>> = {
  open: ['open', 'warn'],
  decided: ['decided', 'busy'],
  discarded: ['discarded', 'quiet'],
  releasing: ['releasing', 'busy'],
  released: ['released', 'good'],
};

/** The review of one batch: its rows by state and reason, what is decided about them, and their release. */
export function BatchView({ batch, query }: { readonly batch: string; readonly query: URLSearchParams }) {
  const path = `quarantine/${encodeURIComponent(batch)}`;
  const detail = useAnswer<BatchInDetail>(path, (value) =>
    (value?.review.requested ?? null) === null ? 30_000 : 2000,
  );
  const filter = { state: query.get('state') ?? '', reason: query.get('reason') ?? '' };
  const continuation = query.get('continuation') ?? '';
  const asked = new URLSearchParams({
    limit: String(PAGE),
    ...(filter.state !== '' && { state: filter.state }),
    ...(filter.reason !== '' && { reason: filter.reason }),
    ...(continuation !== '' && { continuation }),
  });
  // Rows hold what the source holds: not everybody who may look at runs may look at them.
  const rows = useAnswer<RowsPage>(may('operator') ? `${path}/rows?${asked.toString()}` : null);
  const changed = (): void => {
    detail.reload();
    rows.reload();
  };
  return (
    <>
      <PageHead
        title={
          detail.value === undefined
            ? 'Quarantined rows'
            : `${formatRows(detail.value.rows)} of ${detail.value.pipeline}`
        }
        lead={<code>{batch}</code>}
      />
      <Loaded answer={detail}>
        {(value) => (
          <>
            <Standing batch={value} onChanged={changed} />
            <Section title="Rows">
              <div class="filters" role="search" aria-label="Filter rows">
                <Choice
                  label="State"
                  value={filter.state}
                  options={[
                    ['', 'all'],
                    ...Object.entries(STATES).map(([key, [words]]): [string, string] => [key, words]),
                  ]}
                  onChange={(state) => go(linkTo(['quarantine', batch], { ...filter, state }))}
                />
                <Choice
                  label="Reason"
                  value={filter.reason}
                  options={[
                    ['', 'all'],
                    ...value.reasons.map(({ reason, rows: count }): [string, string] => [
                      reason,
                      `${reason} (${count})`,
                    ]),
                  ]}
                  onChange={(reason) => go(linkTo(['quarantine', batch], { ...filter, reason }))}
                />
              </div>
              {!may('operator') && <p class="soft">The rows themselves are shown to operators.</p>}
              {may('operator') && (
                <Loaded answer={rows}>
                  {(page) => (
                    <>
                      <Rows batch={value} page={page} filter={filter} onChanged={changed} />
                      <Pager
                        first={continuation === ''}
                        next={page.continuation}
                        linkFor={(next) => linkTo(['quarantine', batch], { ...filter, continuation: next })}
                      />
                    </>
                  )}
                </Loaded>
              )}
            </Section>
          </>
        )}
      </Loaded>
    </>
  );
}

function Standing({ batch, onChanged }: { readonly batch: BatchInDetail; readonly onChanged: () => void }) {
  const [releasing, setReleasing] = useState(false);
  const { counts, review, runId, at } = batch;
  return (
    <Section
      title="How it stands"
      aside={
        may('approver') &&
        counts.decided > 0 &&
        review.requested === null && (
          <button type="button" class="primary" onClick={() => setReleasing(true)}>
            <Icon name="up" /> Release {formatRows(counts.decided)}
          </button>
        )
      }
    >
      <dl class="standing">
        {Object.entries(STATES).map(([state, [words, tone]]) => (
          <div key={state}>
            <dt>
              <Badge tone={tone}>{words}</Badge>
            </dt>
            <dd>{formatCount(counts[state as keyof typeof counts])}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">
        Kept out by <a href={linkTo(['runs', runId])}>this run</a>, <Time at={at} /> {zoneName()}.
        {batch.masked.length > 0 && ` Masked, so corrected at the source only: ${batch.masked.join(', ')}.`}
      </p>
      {review.requested !== null && (
        <p class="note tone-busy">
          Being released, asked by {review.requested.by}.
          {review.runId !== null && <a href={linkTo(['runs', review.runId])}> The run that loads them</a>}
        </p>
      )}
      {review.failure !== null && (
        <ProblemNote
          problem={{
            type: '',
            title: '',
            status: 0,
            instance: '',
            code: 'release-not-possible',
            runbook: 'docs/runbooks/release-not-possible.md',
            detail: `The last release did not load its rows: ${review.failure}`,
            fix: 'They are decided again. Release them once more when the reason is gone.',
          }}
        />
      )}
      {releasing && <ReleaseDialog batch={batch} onDone={onChanged} onClose={() => setReleasing(false)} />}
    </Section>
  );
}

function Rows({
  batch,
  page,
  filter,
  onChanged,
}: {
  readonly batch: BatchInDetail;
  readonly page: RowsPage;
  readonly filter: { readonly state: string; readonly reason: string };
  readonly onChanged: () => void;
}) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [deciding, setDeciding] = useState<Decision | null>(null);
  const [editing, setEditing] = useState<QuarantinedRow | null>(null);
  const { rows } = page;
  if (rows.length === 0) return <p class="empty">No row is like that.</p>;
  const free = rows.filter(({ state }) => state !== 'released' && state !== 'releasing');
  const here = free.filter(({ row }) => chosen.has(row));
  const toggle = (row: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(row);
    else next.delete(row);
    setChosen(next);
  };
  return (
    <>
      {may('approver') && (
        <div class="bulk" role="group" aria-label="Decide about rows">
          <span>{here.length === 0 ? 'All that match:' : `${formatRows(here.length)} chosen:`}</span>
          <button type="button" onClick={() => setDeciding('approve')}>
            <Icon name="succeeded" /> Approve
          </button>
          <button type="button" onClick={() => setDeciding('retry')}>
            <Icon name="again" /> Retry
          </button>
          <button type="button" onClick={() => setDeciding('discard')}>
            <Icon name="failed" /> Discard
          </button>
        </div>
      )}
      <div class="table" role="group" aria-label="Quarantined rows" tabIndex={0}>
        <table>
          <caption class="unseen">Quarantined rows</caption>
          <thead>
            <tr>
              {may('approver') && (
                <th scope="col">
                  <input
                    type="checkbox"
                    aria-label="Choose all rows of this page"
                    checked={here.length === free.length && free.length > 0}
                    onChange={(event) =>
                      setChosen(new Set(event.currentTarget.checked ? free.map(({ row }) => row) : []))
                    }
                  />
                </th>
              )}
              <th scope="col">Row</th>
              <th scope="col">State</th>
              <th scope="col">Why</th>
              {batch.columns.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.row}>
                {may('approver') && (
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Choose row ${row.row}`}
                      disabled={!free.includes(row)}
                      checked={chosen.has(row.row)}
                      onChange={(event) => toggle(row.row, event.currentTarget.checked)}
                    />
                  </td>
                )}
                <td class="nowrap">
                  {may('approver') && free.includes(row) ? (
                    <button
                      type="button"
                      class="small"
                      onClick={() => setEditing(row)}
                      aria-label={`Edit row ${row.row}`}
                    >
                      <Icon name="edit" /> {row.row}
                    </button>
                  ) : (
                    row.row
                  )}
                </td>
                <td>
                  <Badge tone={STATES[row.state][1]}>
                    {row.decision === null ? row.state : `${row.state}: ${row.decision}`}
                  </Badge>
                </td>
                <td>{row.reasons.join(', ')}</td>
                {row.raw === null || Object.keys(row.edits).length > 0 ? (
                  batch.columns.map(({ name }) => <Cell key={name} row={row} column={name} />)
                ) : (
                  <td colSpan={batch.columns.length}>
                    <code>{row.raw}</code>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {deciding !== null && (
        <DecideDialog
          batch={batch}
          decision={deciding}
          rows={here.map(({ row }) => row)}
          filter={filter}
          onDone={() => {
            setChosen(new Set());
            onChanged();
          }}
          onClose={() => setDeciding(null)}
        />
      )}
      {editing !== null && (
        <EditRowDialog batch={batch} row={editing} onDone={onChanged} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function Cell({ row, column }: { readonly row: QuarantinedRow; readonly column: string }) {
  const shown = row.values[column] ?? <span class="soft">null</span>;
  if (!Object.hasOwn(row.edits, column)) return <td>{shown}</td>;
  const edit = row.edits[column];
  return (
    <td class="edited">
      <ins>{edit ?? 'null'}</ins> <del>{shown}</del>
    </td>
  );
}
