import type { MaskConfig } from '../../config/schema/mask';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { quoteIdentifier } from '../../engine/quote-identifier';
import type { EngineSession } from '../../engine/engine-session';
import type { Column } from '../../model/column';
import { lineageAt } from './lineage/follow-columns';
import type { Lineage } from './lineage/lineage-types';
import { lineageOf, traceStep } from './lineage/trace-step';
import { maskColumns } from './mask-columns';
import { masksOf } from './mask-salts';
import { maskSql } from './mask-sql';

/** From the method that shows least to the one that shows most. */
const STRENGTH = ['redact', 'token', 'sha256', 'partial'] as const;

export interface MaskedInputsRequest {
  readonly pipeline: PipelineConfig;
  readonly session: EngineSession;
  /** Columns of the rows that are kept, and the transform step at which they go in. */
  readonly columns: readonly Column[];
  readonly entry: number;
  /** Columns after a step, by its index, where they are known; without them an `sql` step may make anything of anything. */
  readonly after?: ReadonlyMap<number, readonly Column[]>;
}

/**
 * Which columns before a step have to be masked where they are kept, since a mask step at or after it masks what they are made into, and
 * how: of several methods the one that shows least. Keys in lower case.
 */
export async function maskedInputs(request: MaskedInputsRequest): Promise<ReadonlyMap<string, MaskConfig>> {
  const { pipeline, session, columns, entry, after: known } = request;
  const found = new Map<string, MaskConfig>();
  if (masksOf(pipeline).length === 0) return found;
  let kept = lineageOf(columns.map(({ name }) => name));
  let whole = await lineageAt(pipeline, entry, columns, session);
  for (const [index, step] of pipeline.transform.entries()) {
    if (index < entry) continue;
    const maskedColumns = 'mask' in step ? maskColumns(step.mask, pipeline.source, whole) : [];
    if ('mask' in step) {
      const all = whole.opaque === true && step.mask.tag !== undefined;
      for (const name of all ? kept.source : maskedColumns.flatMap((masked) => sourcesOf(masked, kept))) {
        keepStronger(found, name.toLowerCase(), step.mask);
      }
    }
    const trace = {
      step,
      index,
      session,
      before: known?.get(index - 1) ?? null,
      after: known?.get(index) ?? null,
      maskedColumns,
    };
    [kept, whole] = [await traceStep(kept, trace), await traceStep(whole, trace)];
  }
  return found;
}

/** A column that nobody can explain may come from all of them. */
function sourcesOf(name: string, lineage: Lineage): readonly string[] {
  return lineage.columns.find((one) => one.name.toLowerCase() === name.toLowerCase())?.sources ?? lineage.source;
}

function keepStronger(found: Map<string, MaskConfig>, name: string, mask: MaskConfig): void {
  const known = found.get(name);
  if (known !== undefined && rank(known) <= rank(mask)) return;
  found.set(name, mask);
}

function rank({ method }: MaskConfig): number {
  return STRENGTH.indexOf(method);
}

/** Names of the columns that are masked where they are kept. */
export function maskedNames(columns: readonly Column[], masked: ReadonlyMap<string, MaskConfig>): string[] {
  return columns.flatMap(({ name }) => (masked.has(name.toLowerCase()) ? [name] : []));
}

/** Columns of `relation` as they may be kept: masked where they have to be. Both are SQL. */
export function keptValues(
  relation: string,
  columns: readonly Column[],
  masked: ReadonlyMap<string, MaskConfig>,
): string[] {
  return columns.map(({ name, type }) => {
    const value = `${relation}.${quoteIdentifier(name)}`;
    const mask = masked.get(name.toLowerCase());
    return mask === undefined ? value : `${maskSql(value, mask, type)} AS ${quoteIdentifier(name)}`;
  });
}

/** A line that could not be parsed, as it may be kept: as it is, or nothing but its length where the pipeline masks anything. */
export function keptLine(column: string, masksAnything: boolean): string {
  return masksAnything ? `'(masked: ' || length(${column}) || ' characters)'` : column;
}
