import type { Run } from '../api/types';
import { formatClock, formatDuration, formatRows, zoneName } from '../format';
import { elapsed } from '../words';
import { toneOf } from '../ui/status-badge';
import { STATUS_WORDS } from '../words';

const TICKS = 4;
/** More partitions than these are one bar with a share. */
const MOST_SEGMENTS = 32;

/** When each step of each pipeline was at work, and how many of its partitions are done. */
export function Timeline({ run, now }: { readonly run: Run; readonly now: number }) {
  const from = Date.parse(run.startedAt ?? run.requestedAt);
  const to = Math.max(from + 1000, run.endedAt === null ? now : Date.parse(run.endedAt));
  const at = (iso: string): number => Math.min(100, Math.max(0, ((Date.parse(iso) - from) / (to - from)) * 100));
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => from + ((to - from) * index) / TICKS);
  return (
    <div class="timeline">
      <ol>
        {run.pipelines.map(({ pipeline, status, steps, startedAt, endedAt, reason }) => (
          <li key={pipeline}>
            <h3>
              {pipeline}{' '}
              <span class="soft">
                {startedAt === null
                  ? STATUS_WORDS[status].toLowerCase()
                  : formatDuration(elapsed(startedAt, endedAt, now))}
              </span>
            </h3>
            {steps.length === 0 && <p class="soft">{reason ?? 'No step is done yet.'}</p>}
            <ol>
              {steps
                .filter((step) => step.startedAt !== null)
                .map(({ step, status: stands, partitions, rows, retries, startedAt: began, endedAt: ended }) => {
                  const left = began === null ? 0 : at(began);
                  const right = ended === null ? (stands === 'InProgress' ? 100 : left) : at(ended);
                  const words = [
                    STATUS_WORDS[stands].toLowerCase(),
                    partitions.total > 1 ? `${partitions.done} of ${partitions.total} partitions` : '',
                    rows > 0 ? formatRows(rows) : '',
                    retries > 0 ? `${retries} ${retries === 1 ? 'retry' : 'retries'}` : '',
                    formatDuration(elapsed(began, ended, now)),
                  ].filter((part) => part !== '');
                  return (
                    <li key={step} class="step">
                      <span class="step-name">{step}</span>
                      <span class="track" aria-hidden="true">
                        <span
                          class={`bar tone-${toneOf(stands)}`}
                          style={{ left: `${left}%`, width: `max(4px, ${right - left}%)` }}
                        >
                          <Segments {...partitions} />
                        </span>
                      </span>
                      <span class="step-words">{words.join(' · ')}</span>
                    </li>
                  );
                })}
            </ol>
          </li>
        ))}
      </ol>
      <p class="ticks" aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick}>{formatClock(tick)}</span>
        ))}
      </p>
      <p class="soft">
        From {formatClock(from)} to {formatClock(to)} {zoneName()}
      </p>
    </div>
  );
}

function Segments({ total, done }: { readonly total: number; readonly done: number }) {
  if (total <= 1 || total > MOST_SEGMENTS) return null;
  return (
    <>
      {Array.from({ length: total }, (_, index) => (
        <i key={index} class={index < done ? 'done' : ''} />
      ))}
    </>
  );
}
