import type { Status } from '../../model/status';
import type { PipelineResult } from '../contracts/activities';

/** Names shown at most: the host refuses a custom status above 16 KB. */
const MOST_NAMES = 50;

/** What the portal shows of a run under way. */
export interface MasterStatus {
  /** `2 of 3`; the last when everything has ended. */
  readonly level: string;
  readonly running: readonly string[];
  /** Pipelines by status, so far. */
  readonly ended: Readonly<Partial<Record<Status, number>>>;
  readonly failed: readonly string[];
  readonly rowsLoaded: number;
}

/** The custom status of the master; stays small however many pipelines there are. */
export function masterStatus(
  levels: readonly unknown[],
  index: number,
  running: readonly string[],
  results: readonly PipelineResult[],
): MasterStatus {
  const counts: Partial<Record<Status, number>> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  const failed = results.filter((result) => result.status === 'Failed').map((result) => result.pipeline);
  return {
    level: `${Math.min(index + 1, levels.length)} of ${levels.length}`,
    running: running.slice(0, MOST_NAMES),
    ended: counts,
    failed: failed.slice(0, MOST_NAMES),
    rowsLoaded: results.reduce((sum, result) => sum + result.counts.loaded, 0),
  };
}
