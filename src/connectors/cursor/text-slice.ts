import type { SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import { BackfillNotPossibleError } from '../../errors/backfill-not-possible-error';
import type { Column } from '../../model/column';
import type { Partition, Slice } from '../../model/slice';
import type { SourcePlan, SourcePlanRequest, SourceRelation } from '../../steps/extract/source';
import { cursorRelation } from './cursor-relation';
import { planTextCursor } from './plan-text-cursor';
import { planTextWindow } from './plan-text-window';
import type { Since, TextCursor } from './text-cursor';

/** A source whose rows come one after the other, as texts: it has one partition, and may be read by a column. */
export interface TextSource {
  /** What is read, for people. */
  label(config: SourceConfig): string;
  /** Reads everything from a value of the cursor on, or more; all of it for null. */
  read(
    config: SourceConfig,
    columns: readonly Column[],
    since: Since | null,
    session: EngineSession,
  ): Promise<SourceRelation>;
  /** The connection's name, for errors. */
  readonly connection: string;
}

interface TextPartitionSpec {
  readonly columns: readonly Column[];
  /** Absent in plans of full slices. */
  readonly cursor?: TextCursor;
}

/** The plan of a slice: all there is, what is new by a column, or a window of it. Throws as `planTextCursor` and `planTextWindow`. */
export async function planTextSlice(
  source: TextSource,
  { config, watermark, backfill, session }: SourcePlanRequest,
  columns: readonly Column[],
): Promise<SourcePlan> {
  const { connection } = source;
  const label = source.label(config);
  const incremental = config.incremental?.by === 'column' ? config.incremental : null;
  if (incremental === null) {
    if (backfill === undefined) return planned({ kind: 'full' }, label, { columns }, []);
    throw new BackfillNotPossibleError(`${label} is not read by a column`);
  }
  if (backfill !== undefined) {
    const cursor = await planTextWindow({ config, incremental, bounds: backfill, session, connection });
    const { column, to } = cursor;
    const slice = { kind: 'backfill', backfill: backfill.id, column, from: cursor.from ?? backfill.from, to } as const;
    return planned(slice, label, { columns, cursor }, []);
  }
  const read = (at: Since | null) => source.read(config, columns, at, session);
  const cursor = await planTextCursor({ read, config, incremental, watermark, session, label, connection });
  if (cursor.outcome === 'up-to-date') return cursor;
  const { column, from, to } = cursor.cursor;
  return planned({ kind: 'range', column, from, to }, label, { columns, cursor: cursor.cursor }, cursor.notes);
}

/** The rows of the slice's only partition, as it was planned. */
export async function openTextSlice(
  source: TextSource,
  partition: Partition,
  config: SourceConfig,
  session: EngineSession,
  seenFile: string | null,
): Promise<SourceRelation> {
  // Made by `planTextSlice` and carried unchanged in an immutable blob.
  const { columns, cursor } = partition.spec as TextPartitionSpec;
  if (cursor === undefined) return source.read(config, columns, null, session);
  const { from, column, type } = cursor;
  const relation = await source.read(config, columns, from === null ? null : { from, column, type }, session);
  return cursorRelation({ relation, columns, cursor, seenFile, session, connection: source.connection });
}

function planned(slice: Slice, label: string, spec: TextPartitionSpec, notes: readonly string[]): SourcePlan {
  const partition = { index: 0, label, spec, estimatedRows: null, estimatedBytes: null };
  return { outcome: 'planned', slice, partitions: [partition], columns: spec.columns, notes };
}
