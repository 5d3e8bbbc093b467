import type { SlaReport, SlaVerdict } from '../model/service-level';
import { fromProperties, toProperties } from './json-property';
import { newestFirst, safeKey } from './keys';
import type { ArtifactStore, SlaStore } from './stores';
import type { Entity, Table } from './table';

/** Row keys of a pipeline's partition: how far it was evaluated, and how it stands; verdicts have a time as key. */
const ROW = { cursor: 'cursor', standing: 'standing' } as const;

/** A partition for each pipeline: its verdicts, the newest due time first; its cursor; its standing. */
export class TableSlaStore implements SlaStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async record(verdict: SlaVerdict): Promise<void> {
    const { pipeline, objective, dueAt, status, runId, doneAt } = verdict;
    const rowKey = `${newestFirst(dueAt)}:${objective}${objective === 'maxDuration' ? `:${safeKey(runId ?? '')}` : ''}`;
    const row = { partitionKey: safeKey(pipeline), rowKey, pipeline, objective, dueAt, status, runId, doneAt };
    if (await this.table.insert(row)) return;
    const known = await this.table.get(row.partitionKey, rowKey);
    // What was missed stays missed; that it was done late is added once.
    if (known?.['status'] !== 'missed' || typeof known['doneAt'] === 'string' || doneAt === null) return;
    await this.table.replace({ ...row, status: 'missed' }, known.etag);
  }

  async list({ pipeline, from, to, limit }: Parameters<SlaStore['list']>[0]): Promise<readonly SlaVerdict[]> {
    const range = {
      after: to === undefined ? '0' : newestFirst(to),
      below: from === undefined ? ':' : `${newestFirst(from)};`,
    };
    const verdicts: SlaVerdict[] = [];
    for await (const row of this.table.rows(safeKey(pipeline), { ...range, pageSize: limit })) {
      verdicts.push(toVerdict(row));
      if (verdicts.length >= limit) break;
    }
    return verdicts;
  }

  async cursor(pipeline: string): Promise<{ readonly begunAt: string; readonly evaluatedAt: string } | null> {
    const row = await this.table.get(safeKey(pipeline), ROW.cursor);
    return row === null ? null : { begunAt: String(row['begunAt']), evaluatedAt: String(row['evaluatedAt']) };
  }

  async evaluated(report: SlaReport, begunAt: string): Promise<void> {
    const partitionKey = safeKey(report.pipeline);
    const properties = await toProperties(this.blobs, 'report', report);
    await this.table.put({ partitionKey, rowKey: ROW.standing, ...properties });
    // Last: what dies before it is evaluated again.
    await this.table.put({ partitionKey, rowKey: ROW.cursor, begunAt, evaluatedAt: report.at });
  }

  async report(pipeline: string): Promise<SlaReport | null> {
    const row = await this.table.get(safeKey(pipeline), ROW.standing);
    return row === null ? null : ((await fromProperties<SlaReport>(this.blobs, 'report', row)) ?? null);
  }
}

function toVerdict(row: Entity): SlaVerdict {
  return {
    pipeline: String(row['pipeline']),
    objective: row['objective'] as SlaVerdict['objective'],
    dueAt: String(row['dueAt']),
    status: row['status'] as SlaVerdict['status'],
    runId: typeof row['runId'] === 'string' ? row['runId'] : null,
    doneAt: typeof row['doneAt'] === 'string' ? row['doneAt'] : null,
  };
}
