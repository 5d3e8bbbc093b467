import type { LineageStep, LookupOrigin } from './lineage-types';

/** A column after a step: what it is made of, by names before the step. */
export interface ColumnEffect {
  readonly name: string;
  /** Columns before the step whose values it is made of. */
  readonly from: readonly string[];
  /** What the step did; absent where the column passes as it is. */
  readonly did?: { readonly expression: string | null; readonly reads: readonly string[] };
  readonly lookup?: LookupOrigin;
  readonly masked?: boolean;
}

/** What a step does: its columns in their order, and what it read to decide over rows. */
export interface StepEffect {
  readonly columns: readonly ColumnEffect[];
  /** Set where not even the names of its columns are known. */
  readonly opaque?: boolean;
  readonly rows: readonly Pick<LineageStep, 'expression' | 'reads'>[];
}

/** A step that leaves columns as they are. */
export function passing(names: readonly string[]): ColumnEffect[] {
  return names.map((name) => ({ name, from: [name] }));
}

/** Columns of which some are replaced where they stand, and others added at the end. Names are compared without case. */
export function replacing(names: readonly string[], effects: readonly ColumnEffect[]): ColumnEffect[] {
  const made = new Map(effects.map((effect) => [effect.name.toLowerCase(), effect]));
  const present = new Set(names.map((name) => name.toLowerCase()));
  return [
    ...passing(names).map((column) => {
      const effect = made.get(column.name.toLowerCase());
      return effect === undefined ? column : { ...effect, name: column.name };
    }),
    ...effects.filter(({ name }) => !present.has(name.toLowerCase())),
  ];
}
