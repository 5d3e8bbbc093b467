import type { SlaHistory } from '../api/types';
import { linkTo } from '../router';

type Verdict = SlaHistory['history'][number];
const DAY_MS = 86_400_000;
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Days in weeks (UTC), each with how many of its due times were met and missed; a day that missed one leads to the run. */
export function Calendar({
  from,
  weeks,
  verdicts,
}: {
  readonly from: Date;
  readonly weeks: number;
  readonly verdicts: readonly Verdict[];
}) {
  const days = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const day = verdict.dueAt.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), verdict]);
  }
  // What is due tomorrow may be met today.
  const last = Math.max(Date.now(), ...verdicts.map(({ dueAt }) => Date.parse(dueAt)));
  const shown = Array.from({ length: (weeks + 1) * 7 }, (_, index) => new Date(from.getTime() + index * DAY_MS)).filter(
    (day) => day.getTime() <= last,
  );
  return (
    <>
      <ol class="calendar">
        {shown.map((day) => (
          <Day key={day.toISOString()} day={day} verdicts={days.get(day.toISOString().slice(0, 10)) ?? []} />
        ))}
      </ol>
      <p class="soft">Days in UTC, weeks from Monday.</p>
    </>
  );
}

function Day({ day, verdicts }: { readonly day: Date; readonly verdicts: readonly Verdict[] }) {
  const missed = verdicts.filter(({ status }) => status === 'missed');
  const runId = missed.find((verdict) => verdict.runId !== null)?.runId ?? null;
  const words = missed.length > 0 ? `${missed.length} missed` : `${verdicts.length} met`;
  return (
    <li class={verdicts.length === 0 ? '' : missed.length > 0 ? 'tone-bad' : 'tone-good'}>
      <strong>{DAY.format(day)}</strong>
      {verdicts.length === 0 ? (
        <span class="unseen">nothing was due</span>
      ) : runId === null ? (
        words
      ) : (
        <a href={linkTo(['runs', runId])}>{words}</a>
      )}
    </li>
  );
}
