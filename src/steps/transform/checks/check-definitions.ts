import type { CheckConfig } from '../../../config/schema/check';
import type { PipelineConfig } from '../../../config/schema/pipeline';
import type { Severity } from '../../../model/check-result';
import type { MetricName } from '../../../model/metric';

/** One check of a pipeline, with its name settled. A `notNull` over several columns without a name is one check for each. */
export interface CheckDefinition {
  /** Unique in the pipeline. */
  readonly name: string;
  readonly kind: CheckKind;
  readonly columns: readonly string[];
  readonly severity: Severity;
  /** Rows, or a share such as `1%`; beyond it the run fails. */
  readonly maxFailures: number | string | undefined;
  /** Where it stands in the YAML: `checks[2].range`. */
  readonly path: string;
  readonly config: CheckConfig;
}

export type CheckKind =
  | 'notNull'
  | 'unique'
  | 'acceptedValues'
  | 'range'
  | 'length'
  | 'pattern'
  | 'type'
  | 'relationships'
  | 'expression'
  | DatasetCheckKind;

/** Checks on the slice as a whole: they take no row out. */
export type DatasetCheckKind =
  | 'rowCount'
  | 'freshness'
  | 'sum'
  | 'mean'
  | 'quantile'
  | 'distinctCount'
  | 'nullRate'
  | 'duplicates'
  | 'schema'
  | 'anomaly';

const DATASET_KINDS: ReadonlySet<string> = new Set<DatasetCheckKind>([
  'rowCount',
  'freshness',
  'sum',
  'mean',
  'quantile',
  'distinctCount',
  'nullRate',
  'duplicates',
  'schema',
  'anomaly',
]);

type Common = { name?: string | undefined; onFailure?: Severity; maxFailures?: number | string | undefined };
type Draft = Omit<CheckDefinition, 'name'> & { readonly named: string };

/** The checks of a pipeline in the order written. Names that occur twice get `#2`, `#3`, ... in that order. */
export function checkDefinitions(pipeline: Pick<PipelineConfig, 'checks'>): CheckDefinition[] {
  const drafts = pipeline.checks.flatMap((config, index) => draftsOf(config, `checks[${index}]`));
  const uses = new Map<string, number>();
  return drafts.map(({ named, ...rest }) => {
    const use = (uses.get(named) ?? 0) + 1;
    uses.set(named, use);
    return { ...rest, name: use === 1 ? named : `${named}#${use}` };
  });
}

/** Whether a check looks at each row by itself, and so is decided inside a partition. */
export function isRowCheck(check: CheckDefinition): boolean {
  return check.kind !== 'unique' && !isDatasetCheck(check);
}

/** Whether a check looks at the slice as a whole, and so is decided over all partitions, on the rows that would be loaded. */
export function isDatasetCheck(check: CheckDefinition): boolean {
  return DATASET_KINDS.has(check.kind);
}

function draftsOf(config: CheckConfig, path: string): Draft[] {
  const [kind, body] = Object.entries(config)[0] as [CheckKind, unknown];
  const draft = (named: string, columns: readonly string[], common: Common, at: string): Draft => ({
    named: common.name ?? named,
    kind,
    columns,
    severity: common.onFailure ?? 'quarantine',
    maxFailures: common.maxFailures,
    path: at,
    config,
  });
  if ('notNull' in config) {
    const { columns, common } = withColumns(config.notNull);
    const list = Array.isArray(config.notNull) ? `${path}.notNull` : `${path}.notNull.columns`;
    if (common.name !== undefined) return [draft(common.name, columns, common, list)];
    return columns.map((column, index) => draft(`notNull(${column})`, [column], common, `${list}[${index}]`));
  }
  if ('unique' in config) {
    const { columns, common } = withColumns(config.unique);
    const list = Array.isArray(config.unique) ? `${path}.unique` : `${path}.unique.columns`;
    return [draft(`unique(${columns.join(', ')})`, columns, common, list)];
  }
  if ('expression' in config) {
    return [
      draft(
        config.expression.sql.replace(/\s+/g, ' ').trim().slice(0, 120),
        [],
        config.expression,
        `${path}.expression`,
      ),
    ];
  }
  const dataset = datasetDraft(config);
  if (dataset !== null) return [draft(dataset.name, dataset.columns, body as Common, `${path}.${kind}`)];
  if ('type' in config) {
    const { column, type } = config.type;
    return [draft(`type(${column} as ${type.replace(/\s+/g, '')})`, [column], config.type, `${path}.type`)];
  }
  const { column } = body as { column: string };
  return [draft(`${kind}(${column})`, [column], body as Common, `${path}.${kind}`)];
}

/** What a check on the slice is called, and the columns it looks at. */
function datasetDraft(config: CheckConfig): { readonly name: string; readonly columns: readonly string[] } | null {
  if ('rowCount' in config) return { name: 'rowCount', columns: [] };
  if ('schema' in config) return { name: 'schema', columns: Object.keys(config.schema.columns) };
  if ('duplicates' in config) {
    const { columns } = config.duplicates;
    return { name: `duplicates(${columns.join(', ')})`, columns };
  }
  if ('quantile' in config) {
    const { column, q } = config.quantile;
    return { name: `quantile(${column}, ${q})`, columns: [column] };
  }
  if ('anomaly' in config) {
    const { metric, column } = config.anomaly;
    return { name: `anomaly(${metricKey(metric, column)})`, columns: column === undefined ? [] : [column] };
  }
  for (const kind of ['freshness', 'sum', 'mean', 'distinctCount', 'nullRate'] as const) {
    if (!(kind in config)) continue;
    const { column } = Object.values(config)[0] as { column: string };
    return { name: `${kind}(${column})`, columns: [column] };
  }
  return null;
}

/** What the history calls a metric: `rowCount`, `mean(amount)`. */
export function metricKey(metric: MetricName, column: string | undefined): string {
  return column === undefined ? metric : `${metric}(${column})`;
}

function withColumns(body: readonly string[] | ({ columns: readonly string[] } & Common)): {
  readonly columns: readonly string[];
  readonly common: Common;
} {
  return Array.isArray(body)
    ? { columns: body as readonly string[], common: {} }
    : { columns: (body as { columns: readonly string[] }).columns, common: body as Common };
}
