import type { PipelineRun } from '../api/types';
import { linkTo } from '../router';
import { toneOf } from '../ui/status-badge';
import { STATUS_WORDS } from '../words';
import { formatTime } from '../format';

/** One run of a pipeline, as a bar of the strip. */
export interface StripRun {
  readonly runId: string;
  readonly at: string;
  readonly status: PipelineRun['status'];
  readonly seconds: number;
}

/** The last runs of a pipeline, oldest first, as bars that are links; as high as they took long. */
export function RunStrip({ pipeline, runs }: { readonly pipeline: string; readonly runs: readonly StripRun[] }) {
  const longest = Math.max(1, ...runs.map(({ seconds }) => seconds));
  if (runs.length === 0) return <span class="soft">no runs yet</span>;
  return (
    <ol class="strip" aria-label={`Last runs of ${pipeline}`}>
      {runs.map(({ runId, at, status, seconds }) => (
        <li key={runId}>
          <a
            class={`tone-${toneOf(status)} strip-${status}`}
            href={linkTo(['runs', runId])}
            aria-label={`${STATUS_WORDS[status]}, ${formatTime(at)}`}
            title={`${STATUS_WORDS[status]}, ${formatTime(at)}`}
          >
            <span style={{ height: `${Math.round(35 + (seconds / longest) * 65)}%` }} />
          </a>
        </li>
      ))}
    </ol>
  );
}
