import type { Column } from './column';

/** What a column does from one version to the next. */
export type ColumnChange =
  | { readonly change: 'added' | 'removed'; readonly column: string; readonly type: string }
  | { readonly change: 'type'; readonly column: string; readonly from: string; readonly to: string };

/** The columns of a pipeline's source, or of its target, from a run on. */
export interface SchemaVersion {
  /** From 1. */
  readonly version: number;
  readonly columns: readonly Column[];
  /** Against the version before; empty for the first. */
  readonly changes: readonly ColumnChange[];
  /** The run that met it first. */
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What changed from one list of columns to another: by name, in the order of the lists. Order alone is no change. */
export function columnChanges(before: readonly Column[], after: readonly Column[]): ColumnChange[] {
  const old = new Map(before.map((column) => [column.name, column]));
  const now = new Set(after.map(({ name }) => name));
  return [
    ...after.flatMap(({ name, type }): ColumnChange[] => {
      const was = old.get(name);
      if (was === undefined) return [{ change: 'added', column: name, type }];
      return was.type === type ? [] : [{ change: 'type', column: name, from: was.type, to: type }];
    }),
    ...before.flatMap(({ name, type }): ColumnChange[] =>
      now.has(name) ? [] : [{ change: 'removed', column: name, type }],
    ),
  ];
}
