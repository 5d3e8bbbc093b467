import type { TransformStep } from '../../../config/schema/transform';
import type { EngineSession } from '../../../engine/engine-session';
import type { Column } from '../../../model/column';
import { effectOfStep } from './effect-of-step';
import type { ColumnLineage, Lineage, LineageStep } from './lineage-types';
import type { StepEffect } from './step-effect';

/** Where columns begin: each comes from itself. */
export function lineageOf(names: readonly string[]): Lineage {
  const columns = names.map((name) => ({ name, sources: [name], lookups: [], steps: [], masked: false }));
  return { source: names, columns, rows: [] };
}

export interface TraceRequest {
  readonly step: TransformStep;
  readonly index: number;
  readonly session: EngineSession;
  /** Columns before and after it; null where they are not known. */
  readonly before?: readonly Column[] | null;
  readonly after?: readonly Column[] | null;
  /** The columns that it masks, for a mask step. */
  readonly maskedColumns?: readonly string[];
}

/** Follows all columns through one step. `reads` are the columns before it whose values it looked at. */
export async function traceStep(
  lineage: Lineage,
  request: TraceRequest,
): Promise<Lineage & { readonly reads: readonly string[] }> {
  const { step, index, session, before = null, after = null, maskedColumns = [] } = request;
  const names = lineage.columns.map(({ name }) => name);
  const known = after?.map(({ name }) => name) ?? null;
  const effect = await effectOfStep(step, { session, names, before, after: known, maskedColumns });
  return applyEffect(lineage, effect, index, Object.keys(step)[0] ?? '', known);
}

/** Puts what a step does onto what is known before it. */
export function applyEffect(
  lineage: Lineage,
  effect: StepEffect,
  index: number,
  kind: string,
  after: readonly string[] | null = null,
): Lineage & { readonly reads: readonly string[] } {
  const byName = new Map(lineage.columns.map((column) => [column.name.toLowerCase(), column]));
  const find = (name: string): ColumnLineage[] => {
    const found = byName.get(name.toLowerCase());
    return found === undefined ? [] : [found];
  };
  const { source } = lineage;
  const opaque = (lineage.opaque ?? false) || (effect.opaque ?? false);
  const made = effect.columns.map(({ name, from, did, lookup, masked }): ColumnLineage => {
    const parents = from.flatMap(find);
    const own = did === undefined ? [] : [{ index, kind, column: name, ...did }];
    return {
      name,
      sources: opaque
        ? source
        : inOrder(
            parents.flatMap(({ sources }) => sources),
            source,
          ),
      lookups: unique([...parents.flatMap(({ lookups }) => lookups), ...(lookup === undefined ? [] : [lookup])]),
      steps: unique([...parents.flatMap(({ steps }) => steps).sort((a, b) => a.index - b.index), ...own]),
      masked: masked ?? (parents.length > 0 && parents.every((parent) => parent.masked)),
    };
  });
  const rows = effect.rows.map(({ expression, reads }) => ({
    ...({ index, kind, column: null, expression, reads } satisfies LineageStep),
    sources: inOrder(
      reads.flatMap(find).flatMap(({ sources }) => sources),
      source,
    ),
  }));
  const reads = new Set([
    ...effect.columns.flatMap(({ did }) => did?.reads ?? []),
    ...effect.rows.flatMap((row) => row.reads),
  ]);
  return { source, columns: asAfter(made, after, source), opaque, rows: [...lineage.rows, ...rows], reads: [...reads] };
}

/** The columns as the engine names and orders them; one that the configuration does not explain may come from everything. */
function asAfter(
  made: readonly ColumnLineage[],
  after: readonly string[] | null,
  source: readonly string[],
): readonly ColumnLineage[] {
  if (after === null) return made;
  const byName = new Map(made.map((column) => [column.name.toLowerCase(), column]));
  return after.map(
    (name) => byName.get(name.toLowerCase()) ?? { name, sources: source, lookups: [], steps: [], masked: false },
  );
}

function inOrder(names: readonly string[], source: readonly string[]): string[] {
  const wanted = new Set(names);
  return source.filter((name) => wanted.has(name));
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
