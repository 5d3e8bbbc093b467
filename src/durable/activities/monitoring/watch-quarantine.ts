import type { AlertsConfig } from '../../../config/schema/alerts';
import { durationMs } from '../../../model/duration';
import { batchIdOf } from '../../../model/quarantine-review';
import { ownedBy } from '../../../monitoring/alerts-of-run';
import { quarantineFull, quarantineOld, type Condition } from '../../../monitoring/conditions';
import type { ActivityServices } from '../activity-services';
import { countRows } from '../review/review-batch';

/** Batches of a pipeline that are looked at, the newest first. */
const MOST = 200;

/** Rows that wait for a decision for too long, or too many of them; of the pipelines that there are. */
export async function watchQuarantine(
  services: ActivityServices,
  { quarantineAge, quarantineRows }: AlertsConfig['watch'],
  now: string,
): Promise<readonly Condition[]> {
  const { pipelines } = services.watched();
  const before = new Date(Date.parse(now) - durationMs(quarantineAge)).toISOString();
  const found: Condition[] = [];
  for (const pipeline of Object.keys(pipelines)) {
    const waiting = await waitingOf(services, pipeline);
    const old = waiting.filter(({ at }) => at < before);
    const subject = ownedBy(pipelines, pipeline);
    const [oldest] = old.toSorted((a, b) => (a.at < b.at ? -1 : 1));
    if (oldest !== undefined) {
      found.push(quarantineOld(subject, { batches: old.length, rows: sumOf(old), oldest: oldest.at }, now));
    }
    const rows = sumOf(waiting);
    const [newest] = waiting;
    if (rows > quarantineRows && newest !== undefined) {
      found.push(quarantineFull(subject, { rows, bound: quarantineRows, newest: newest.at }, now));
    }
  }
  return found;
}

interface Waiting {
  readonly at: string;
  readonly rows: number;
}

/** Batches with open rows whose review has begun and not ended: those of runs that published. */
async function waitingOf(services: ActivityServices, pipeline: string): Promise<readonly Waiting[]> {
  const { quarantine, reviews } = services.stores;
  const waiting: Waiting[] = [];
  for (const batch of await quarantine.list({ pipeline, limit: MOST })) {
    const id = batchIdOf({ ...batch, entry: batch.entry ?? 0 });
    const { value, etag } = await reviews.batch(id);
    if (etag === null || value.closedAt !== null) continue;
    const { open } = await countRows(services, id, batch.rows);
    if (open > 0) waiting.push({ at: batch.at, rows: open });
  }
  return waiting;
}

function sumOf(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { rows }) => sum + rows, 0);
}
