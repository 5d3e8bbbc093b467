import type { PipelineResult } from '../durable/contracts/activities';
import type { Failure } from '../model/failure';
import type { Status } from '../model/status';
import { fromProperties } from './json-property';
import { safeKey } from './keys';
import type { ArtifactStore, StartRequest } from './stores';
import type { Entity } from './table';

/** Row keys of a run's partition: its start, its state, a cancel intent, and one row per pipeline. */
export const ROW = {
  start: 'start',
  run: 'run',
  cancel: 'cancel',
  pipeline: (name: string) => `pipeline:${safeKey(name)}`,
  waiting: (name: string) => `waiting:${safeKey(name)}`,
} as const;

/** Partitions of the index: every run, newest first; those that have not ended; those whose end monitoring has not taken in. */
export const INDEX = { all: 'runs', active: 'active', unseen: 'unseen' } as const;

export interface RunRow {
  readonly status: Status;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failure: Failure | null;
}

export interface PipelineRow {
  readonly pipeline: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Null while it is under way. */
  readonly result: PipelineResult | null;
}

/** All that the partition of a run holds. */
export interface RunRows {
  readonly start: StartRequest | null;
  readonly run: RunRow;
  readonly cancel: { readonly requestedAt: string; readonly by: string; readonly reason: string } | null;
  readonly pipelines: ReadonlyMap<string, PipelineRow>;
  /** Why pipelines have not begun, for people. */
  readonly waiting: ReadonlyMap<string, string>;
}

export function toRunRow(entity: Entity): RunRow {
  return {
    status: entity['status'] as Status,
    requestedAt: entity['requestedAt'] as string,
    startedAt: textOrNull(entity['startedAt']),
    endedAt: textOrNull(entity['endedAt']),
    failure: typeof entity['failure'] === 'string' ? (JSON.parse(entity['failure']) as Failure) : null,
  };
}

/** Null when the partition has no run. */
export async function toRunRows(blobs: ArtifactStore, entities: readonly Entity[]): Promise<RunRows | null> {
  const byKey = new Map(entities.map((entity) => [entity.rowKey, entity]));
  const run = byKey.get(ROW.run);
  if (run === undefined) return null;
  const start = byKey.get(ROW.start);
  const cancel = byKey.get(ROW.cancel);
  const pipelines = new Map<string, PipelineRow>();
  for (const entity of entities.filter(({ rowKey }) => rowKey.startsWith('pipeline:'))) {
    const row = await toPipelineRow(blobs, entity);
    pipelines.set(row.pipeline, row);
  }
  return {
    start: start === undefined ? null : ((await fromProperties<StartRequest>(blobs, 'request', start)) ?? null),
    run: toRunRow(run),
    cancel:
      cancel === undefined
        ? null
        : {
            requestedAt: String(cancel['requestedAt']),
            by: String(cancel['by']),
            reason: textOrNull(cancel['reason']) ?? '',
          },
    pipelines,
    waiting: new Map(
      entities
        .filter(({ rowKey }) => rowKey.startsWith('waiting:'))
        .map((entity) => [String(entity['pipeline']), String(entity['reason'])]),
    ),
  };
}

export async function toPipelineRow(blobs: ArtifactStore, entity: Entity): Promise<PipelineRow> {
  return {
    pipeline: String(entity['pipeline']),
    startedAt: textOrNull(entity['startedAt']),
    endedAt: textOrNull(entity['endedAt']),
    result: (await fromProperties<PipelineResult>(blobs, 'result', entity)) ?? null,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
