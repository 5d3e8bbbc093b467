import type { PipelineConfig } from '../../../config/schema/pipeline';
import type { EngineSession } from '../../../engine/engine-session';
import type { Column } from '../../../model/column';
import { declaredColumns } from '../../../model/declared-columns';
import type { Lineage } from './lineage-types';
import { lineageOf, traceStep, type TraceRequest } from './trace-step';

/** Follows the columns of a pipeline while its steps are bound, where a mask step needs to know where they come from. */
export class ColumnFollower {
  private constructor(
    private readonly session: EngineSession,
    private current: Lineage | null,
  ) {}

  /** `columns` are those at the step `entry`; null when nobody knows them. Without a mask step nothing is followed unless `always`. */
  static async at(
    pipeline: PipelineConfig,
    entry: number,
    columns: readonly Column[] | null,
    session: EngineSession,
    always = false,
  ): Promise<ColumnFollower> {
    const isNeeded = columns !== null && (always || pipeline.transform.some((step) => 'mask' in step));
    return new ColumnFollower(session, isNeeded ? await lineageAt(pipeline, entry, columns, session) : null);
  }

  /** Null when the columns are not known, or no step needs it. */
  get lineage(): Lineage | null {
    return this.current;
  }

  async follow(request: Omit<TraceRequest, 'session'>): Promise<void> {
    if (this.current === null) return;
    this.current =
      (request.after ?? null) === null ? null : await traceStep(this.current, { ...request, session: this.session });
  }
}

/** Where the columns before a step come from; at a later one only the declared columns of the source are known. */
export async function lineageAt(
  pipeline: PipelineConfig,
  entry: number,
  columns: readonly Column[],
  session: EngineSession,
): Promise<Lineage> {
  const names = columns.map(({ name }) => name);
  if (entry === 0) return lineageOf(names);
  let lineage = lineageOf(declaredColumns(pipeline.source).map(({ name }) => name));
  for (const [index, step] of pipeline.transform.slice(0, entry).entries()) {
    const after = index === entry - 1 ? columns : null;
    lineage = await traceStep(lineage, { step, index, session, after });
  }
  return lineage;
}
