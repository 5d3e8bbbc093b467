import type { Project } from '../../config/project';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { declaredColumns } from '../../model/declared-columns';
import { sourceCasts } from '../../steps/transform/source-casts';
import type { Lineage, LineageStep, LookupOrigin, RowInfluence } from '../../steps/transform/lineage/lineage-types';
import type { CheckedProject } from '../check-project';
import { declaredInputColumns } from '../input-columns';

/** `all`: everything that the column is made of went through a mask; `part`: some of it did; `none`: nothing. */
export type Masked = 'all' | 'part' | 'none';

/** A place that data comes from or goes to. */
export interface DataPlace {
  readonly connection: string;
  /** A glob of files, a table, the path of a request, or `query`. */
  readonly object: string;
}

/** A column of other data that a lookup took, with the place where that data stands. */
export interface ReferenceColumn extends LookupOrigin {
  /** The table or file of the other pipeline's target; null for a reference file. */
  readonly place: DataPlace | null;
  /** Whether the other pipeline masked it. */
  readonly masked: Masked;
}

/** A column of the target and what it is made of. */
export interface TargetColumn {
  readonly name: string;
  readonly type: string;
  /** Columns of the source that its values come from, in the order of the source. */
  readonly sources: readonly string[];
  /** Set after a step that says nothing of single columns: `sources` are then all columns of the source. */
  readonly allColumns: boolean;
  readonly references: readonly ReferenceColumn[];
  readonly steps: readonly LineageStep[];
  readonly masked: Masked;
}

/** Where the columns of a pipeline's target come from. */
export interface PipelineLineage {
  readonly pipeline: string;
  readonly source: DataPlace & { readonly columns: readonly string[] | null };
  readonly target: DataPlace;
  /** Null where the columns are not known before the source is read. */
  readonly columns: readonly TargetColumn[] | null;
  /** Steps that decided which rows go on, and what they looked at. */
  readonly rows: readonly RowInfluence[];
}

/** The lineage of one pipeline of a project that `checkProject` followed with `lineage: true`. */
export function pipelineLineage(project: Project, checked: CheckedProject, pipeline: PipelineConfig): PipelineLineage {
  const { columns = null, lineage = null } = checked.pipelines[pipeline.pipeline] ?? {};
  const places = placesOf(pipeline);
  const declared = declaredColumns(pipeline.source).map(({ name }) => name);
  const source = { ...places.source, columns: pipeline.source.columns === undefined ? null : declared };
  const known = columns !== null && lineage !== null;
  return {
    pipeline: pipeline.pipeline,
    source,
    target: places.target,
    columns: known
      ? columns.map(({ name, type }) => targetColumn(name, type, { lineage, project, checked, pipeline }))
      : null,
    rows: lineage?.rows ?? [],
  };
}

/** Where a pipeline reads and writes. */
export function placesOf({ source, target }: PipelineConfig): {
  readonly source: DataPlace;
  readonly target: DataPlace;
} {
  return {
    source: {
      connection: source.connection,
      object: source.files ?? source.table ?? source.request?.path ?? 'query',
    },
    target: { connection: target.connection, object: target.table ?? target.path ?? '' },
  };
}

interface Around {
  readonly lineage: Lineage;
  readonly project: Project;
  readonly checked: CheckedProject;
  readonly pipeline: PipelineConfig;
}

function targetColumn(name: string, type: string, around: Around): TargetColumn {
  const found = around.lineage.columns.find((column) => column.name === name);
  const { sources = around.lineage.source, lookups = [], steps = [], masked = false } = found ?? {};
  const references = lookups.map((lookup) => referenceColumn(lookup, around));
  const { source } = around.lineage;
  return {
    name,
    type,
    sources,
    allColumns: (around.lineage.opaque ?? false) || found === undefined || readsAll(steps, sources, source),
    references,
    steps: [...arrivalCasts(sources, around.pipeline), ...steps],
    masked: maskedOf(masked, sources, steps, references),
  };
}

/** An `sql` step that cannot be followed: its column may come from everything. */
function readsAll(steps: readonly LineageStep[], sources: readonly string[], source: readonly string[]): boolean {
  const isWhole = sources.length === source.length;
  return isWhole && steps.some(({ kind, expression }) => kind === 'sql' && expression !== null);
}

function referenceColumn(lookup: LookupOrigin, { project, checked }: Around): ReferenceColumn {
  const other = Object.hasOwn(project.pipelines, lookup.from) ? project.pipelines[lookup.from] : undefined;
  if (other === undefined) return { ...lookup, place: null, masked: 'none' };
  const its = pipelineLineage(project, checked, other).columns;
  const column = its?.find((one) => one.name.toLowerCase() === lookup.column.toLowerCase());
  return { ...lookup, place: placesOf(other).target, masked: column?.masked ?? 'none' };
}

function maskedOf(
  whole: boolean,
  sources: readonly string[],
  steps: readonly LineageStep[],
  references: readonly ReferenceColumn[],
): Masked {
  if (whole) return 'all';
  const taken = references.map(({ masked }) => masked);
  if (sources.length === 0 && taken.length > 0 && taken.every((masked) => masked === 'all')) return 'all';
  return steps.some(({ kind }) => kind === 'mask') || taken.some((masked) => masked !== 'none') ? 'part' : 'none';
}

/** The casts that `source.columns` asks for before the first step. */
function arrivalCasts(sources: readonly string[], pipeline: PipelineConfig): LineageStep[] {
  return sourceCasts(pipeline, declaredInputColumns(pipeline) ?? [])
    .filter(({ column }) => sources.includes(column))
    .map(({ column, spec }) => ({
      index: -1,
      kind: 'cast',
      column,
      expression: spec.type,
      reads: [column],
    }));
}
