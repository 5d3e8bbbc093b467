import type { CheckConfig } from '../../../config/schema/check';
import type { PipelineConfig } from '../../../config/schema/pipeline';
import type { Severity } from '../../../model/check-result';

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
  | 'rowCount';

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
  return check.kind !== 'unique' && check.kind !== 'rowCount';
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
  if ('rowCount' in config) return [draft('rowCount', [], config.rowCount, `${path}.rowCount`)];
  if ('type' in config) {
    const { column, type } = config.type;
    return [draft(`type(${column} as ${type.replace(/\s+/g, '')})`, [column], config.type, `${path}.type`)];
  }
  const { column } = body as { column: string };
  return [draft(`${kind}(${column})`, [column], body as Common, `${path}.${kind}`)];
}

function withColumns(body: readonly string[] | ({ columns: readonly string[] } & Common)): {
  readonly columns: readonly string[];
  readonly common: Common;
} {
  return Array.isArray(body)
    ? { columns: body as readonly string[], common: {} }
    : { columns: (body as { columns: readonly string[] }).columns, common: body as Common };
}
