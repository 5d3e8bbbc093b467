import type { RecordRunInput } from '../durable/contracts/activities';
import type { RunRecord } from '../durable/contracts/run-record';
import { StorageConflictError } from '../errors/storage-conflict-error';
import { isEnded } from '../model/status';
import { fromProperties, toProperties } from './json-property';
import { newestFirst } from './keys';
import type { ProgressStore } from './progress-store';
import { runRecordOf } from './run-record-of';
import { INDEX, ROW, toRunRow, toRunRows } from './run-rows';
import type { ArtifactStore, ProgressEntry, RunStore, StartRequest } from './stores';
import type { Entity, Properties, Table } from './table';

const ATTEMPTS = 8;
/** Runs that one listing looks at before it hands back a continuation, however few of them match. */
const MOST_LOOKED_AT = 500;

export interface RunTables {
  /** Everything about a run, in one partition each. */
  readonly runs: Table;
  /** Runs newest first, and those that have not ended. */
  readonly index: Table;
  readonly progress: ProgressStore;
}

/**
 * Runs in tables. A start is one transaction, so that there is no start record without a run record. The index is written
 * before it and read with suspicion: an entry that leads to no run, or to one of another time, does not count.
 */
export class TableRunStore implements RunStore {
  constructor(
    private readonly tables: RunTables,
    private readonly blobs: ArtifactStore,
    private readonly nowMs: () => number,
  ) {}

  async create(request: StartRequest): Promise<boolean> {
    const { runs, index } = this.tables;
    const { runId: partitionKey, requestedAt } = request;
    if ((await runs.get(partitionKey, ROW.start)) !== null) return false;
    await this.enterIndex(partitionKey, requestedAt);
    await index.put({ partitionKey: INDEX.active, rowKey: partitionKey, since: requestedAt });
    return runs.insertTogether([
      { partitionKey, rowKey: ROW.start, ...(await toProperties(this.blobs, 'request', request)) },
      { partitionKey, rowKey: ROW.run, status: 'Queued', requestedAt },
    ]);
  }

  async start(runId: string): Promise<StartRequest | null> {
    const row = await this.tables.runs.get(runId, ROW.start);
    return row === null ? null : ((await fromProperties<StartRequest>(this.blobs, 'request', row)) ?? null);
  }

  async unstarted(olderThanMs: number): Promise<readonly StartRequest[]> {
    const requests: StartRequest[] = [];
    for (const { runId, entity } of await this.unfinished()) {
      const { status, requestedAt } = toRunRow(entity);
      if (status !== 'Queued' || Date.parse(requestedAt) > this.nowMs() - olderThanMs) continue;
      const start = await this.tables.runs.get(runId, ROW.start);
      const request = start === null ? undefined : await fromProperties<StartRequest>(this.blobs, 'request', start);
      if (request !== undefined) requests.push(request);
    }
    return requests;
  }

  async record(input: RecordRunInput, now: string): Promise<void> {
    switch (input.phase) {
      case 'run-started':
        return this.updateRun(input, (run) =>
          isEnded(run.status) || run.startedAt !== null
            ? null
            : { status: 'InProgress', requestedAt: run.requestedAt, startedAt: input.runStartedAt },
        );
      case 'run-ended': {
        const { status, failure } = input;
        // First: whoever dies in between leaves an entry that leads to a run under way, which says nothing.
        await this.tables.index.put({ partitionKey: INDEX.unseen, rowKey: input.runId, since: now });
        await this.updateRun(input, (run) => ({
          status,
          requestedAt: run.requestedAt,
          startedAt: run.startedAt ?? input.runStartedAt,
          endedAt: run.status === status ? (run.endedAt ?? now) : now,
          failure: failure === null ? null : JSON.stringify(failure).slice(0, 30_000),
        }));
        return this.tables.index.remove({ partitionKey: INDEX.active, rowKey: input.runId });
      }
      case 'pipeline-waiting':
        await this.tables.runs.put({
          partitionKey: input.runId,
          rowKey: ROW.waiting(input.pipeline),
          pipeline: input.pipeline,
          reason: input.reason,
        });
        return;
      case 'pipeline-started':
        await this.tables.runs.insert({
          partitionKey: input.runId,
          rowKey: ROW.pipeline(input.pipeline),
          pipeline: input.pipeline,
          startedAt: now,
        });
        return;
      case 'pipeline-ended':
        return this.endPipeline(input, now);
    }
  }

  async progress(entry: ProgressEntry): Promise<void> {
    await this.tables.progress.put(entry);
  }

  async get(runId: string): Promise<RunRecord | null> {
    const entities: Entity[] = [];
    for await (const entity of this.tables.runs.rows(runId)) entities.push(entity);
    const rows = await toRunRows(this.blobs, entities);
    if (rows === null) return null;
    return runRecordOf(runId, rows, (pipeline) => this.tables.progress.steps(runId, pipeline));
  }

  async list({ status, pipeline, limit, continuation }: Parameters<RunStore['list']>[0]) {
    const runs: RunRecord[] = [];
    let lookedAt = 0;
    const after = continuation === undefined ? {} : { after: continuation };
    for await (const entry of this.tables.index.rows(INDEX.all, { ...after, pageSize: Math.min(limit + 1, 200) })) {
      const run = await this.get(String(entry['runId']));
      lookedAt += 1;
      if (run !== null && entry.rowKey === indexKey(run.runId, run.requestedAt)) {
        const fits =
          (status === undefined || run.status === status) &&
          (pipeline === undefined || run.pipelines.some((one) => one.pipeline === pipeline));
        if (fits) runs.push(run);
      }
      if (runs.length >= limit || lookedAt >= MOST_LOOKED_AT) return { runs, continuation: entry.rowKey };
    }
    return { runs, continuation: null };
  }

  async requestCancel(runId: string, by: string, reason: string, now: string): Promise<boolean> {
    const run = await this.tables.runs.get(runId, ROW.run);
    if (run === null || isEnded(toRunRow(run).status)) return false;
    // The first intent stands: a second one changes nothing.
    await this.tables.runs.insert({ partitionKey: runId, rowKey: ROW.cancel, requestedAt: now, by, reason });
    return true;
  }

  async isCancelRequested(runId: string): Promise<boolean> {
    return (await this.tables.runs.get(runId, ROW.cancel)) !== null;
  }

  async active(): Promise<readonly string[]> {
    return (await this.unfinished()).map(({ runId }) => runId);
  }

  async unseen(limit: number): ReturnType<RunStore['unseen']> {
    const found: { runId: string; since: string }[] = [];
    for await (const entry of this.tables.index.rows(INDEX.unseen, { pageSize: limit })) {
      found.push({ runId: entry.rowKey, since: String(entry['since']) });
      if (found.length >= limit) break;
    }
    return found;
  }

  async seen(runId: string): Promise<void> {
    await this.tables.index.remove({ partitionKey: INDEX.unseen, rowKey: runId });
  }

  /** Runs of the active index that really have not ended; entries of others are cleared away. */
  private async unfinished(): Promise<{ readonly runId: string; readonly entity: Entity }[]> {
    const found: { runId: string; entity: Entity }[] = [];
    for await (const entry of this.tables.index.rows(INDEX.active)) {
      const entity = await this.tables.runs.get(entry.rowKey, ROW.run);
      if (entity !== null && !isEnded(toRunRow(entity).status)) {
        found.push({ runId: entry.rowKey, entity });
        continue;
      }
      // An entry without a run is a start under way, or one that died before its transaction.
      const young = Date.parse(String(entry['since'])) > this.nowMs() - 600_000;
      if (entity !== null || !young) await this.tables.index.remove(entry);
    }
    return found;
  }

  private async enterIndex(runId: string, requestedAt: string): Promise<void> {
    await this.tables.index.put({ partitionKey: INDEX.all, rowKey: indexKey(runId, requestedAt), runId });
  }

  /** Changes the run's row by what `change` makes of it, again when somebody else was faster. Null leaves it. */
  private async updateRun(
    { runId, runStartedAt }: RecordRunInput,
    change: (run: ReturnType<typeof toRunRow>) => Properties | null,
  ): Promise<void> {
    const { runs } = this.tables;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const entity = await runs.get(runId, ROW.run);
      if (entity === null) {
        // Started past the API, by the durable management API for one: it is recorded all the same.
        await this.enterIndex(runId, runStartedAt);
        await runs.insert({ partitionKey: runId, rowKey: ROW.run, status: 'Queued', requestedAt: runStartedAt });
        continue;
      }
      const changed = change(toRunRow(entity));
      if (changed === null) return;
      if (await runs.replace({ partitionKey: runId, rowKey: ROW.run, ...changed }, entity.etag)) return;
    }
    throw new StorageConflictError(`recording the run ${runId}`);
  }

  private async endPipeline(
    { runId, pipeline, result }: Extract<RecordRunInput, { phase: 'pipeline-ended' }>,
    now: string,
  ): Promise<void> {
    const { runs } = this.tables;
    const before = await runs.get(runId, ROW.pipeline(pipeline));
    const endedAt = typeof before?.['endedAt'] === 'string' ? before['endedAt'] : now;
    const startedAt = typeof before?.['startedAt'] === 'string' ? before['startedAt'] : null;
    const properties = await toProperties(this.blobs, 'result', result);
    await runs.put({
      partitionKey: runId,
      rowKey: ROW.pipeline(pipeline),
      pipeline,
      startedAt,
      endedAt,
      ...properties,
    });
  }
}

function indexKey(runId: string, requestedAt: string): string {
  return `${newestFirst(requestedAt)}-${runId}`;
}
