import type { PipelineConfig } from '../../config/schema/pipeline';
import { describeRelation } from '../../engine/describe-relation';
import { duckdbType } from '../../engine/duckdb-type';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { EngineError } from '../../errors/engine-error';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX, type Column } from '../../model/column';
import { bindStep } from './bind-step';
import { bindChecks, type BoundChecks } from './checks/bind-checks';
import { RUN_STARTED_AT } from './check-step-expressions';
import { HIDDEN } from './hidden-columns';
import { referenceName } from './reference-name';
import { ReasonRegistry } from './reason-registry';
import { sourceCasts } from './source-casts';
import type { BindProblem, BoundStep, StepProblem, StepScope } from './step-scope';
import { bindCasts } from './steps/bind-cast';
import type { BoundDeduplicate } from './steps/bind-deduplicate';

export interface BindRequest {
  readonly pipeline: PipelineConfig;
  /** Columns of the extracted rows, without Sluice's own; null when nobody knows them before the source is read. */
  readonly inputColumns: readonly Column[] | null;
  /** Columns of each referenced pipeline's table; null where they are not known. */
  readonly references: Readonly<Record<string, readonly Column[] | null>>;
  readonly session: EngineSession;
}

/** One link of the chain: reads the relation of the link before it. */
export interface ChainLink {
  readonly sql: string;
  /** Where it comes from: `transform[2]: cast`. */
  readonly label: string;
  /** Set for a deduplicate step: the chain is cut here, because it looks at many rows. */
  readonly deduplicate: BoundDeduplicate | null;
}

/** A pipeline's steps and checks as SQL. */
export interface BoundPipeline {
  /** Columns after the transform; null when they are not known, or a step has a problem. */
  readonly columns: readonly Column[] | null;
  readonly problems: readonly BindProblem[];
  /** The SQL of each step and of the checks, for people: each reads the one before it. Empty when columns are not known. */
  readonly sql: readonly string[];
  /** Link `i` reads `step_<i>`, and makes `step_<i + 1>`. */
  readonly links: readonly ChainLink[];
  readonly checks: BoundChecks;
  readonly reasons: ReasonRegistry;

  readonly inputColumns: readonly Column[] | null;
}

/**
 * Checks every step and check of a pipeline in the order written, and writes their SQL. Runs nothing. Where the columns are not
 * known, only what can be known without them is checked: the syntax of expressions, their functions, patterns.
 */
export async function bindPipeline(request: BindRequest): Promise<BoundPipeline> {
  const { pipeline, references, session, inputColumns } = request;
  const reasons = new ReasonRegistry();
  const problems: BindProblem[] = [];
  const links: ChainLink[] = [];
  const nameProblems = sourceNameProblems(inputColumns ?? []);
  let columns = nameProblems.length > 0 ? null : inputColumns;
  const scope = (): StepScope => ({ columns, references, reasons, session, input: chainName(links.length) });
  const take = async (bound: BoundStep, path: string, kind: string): Promise<void> => {
    problems.push(...bound.problems.map((problem) => ({ ...problem, path: joinPath(path, problem.path) })));
    if (bound.sql === null || columns === null) {
      columns = null;
      return;
    }
    const described = await describeLink(request, links.length, columns, bound.sql, reasons);
    if ('problem' in described) {
      problems.push({ ...described.problem, path: `${path}.${kind}` });
      columns = null;
      return;
    }
    columns = described.columns;
    links.push({
      sql: bound.sql,
      label: path.startsWith('transform') ? `${path}: ${kind}` : path,
      deduplicate: 'directions' in bound ? (bound as BoundDeduplicate) : null,
    });
  };
  if (columns !== null) {
    const casts = sourceCasts(pipeline, columns);
    if (casts.length > 0) await take(await bindCasts(casts, scope()), 'source.columns', 'cast');
  }
  problems.push(...nameProblems, ...secondDeduplicate(pipeline));
  for (const [index, step] of pipeline.transform.entries()) {
    await take(await bindStep(step, scope()), `transform[${index}]`, Object.keys(step)[0] ?? '');
  }
  const checks = await bindChecks(pipeline, scope());
  problems.push(...checks.problems);
  if (checks.sql !== null && columns !== null) {
    const described = await describeLink(request, links.length, columns, checks.sql, reasons);
    if ('problem' in described) problems.push({ ...described.problem, path: 'checks' });
  }
  return {
    columns: problems.length > 0 ? null : columns,
    problems,
    sql: columns === null ? [] : forPeople(links, checks),
    links,
    checks,
    reasons,
    inputColumns,
  };
}

/** The SQL under headings that say which relation it makes and why. */
function forPeople(links: readonly ChainLink[], checks: BoundChecks): string[] {
  const steps = links.map(({ label, sql, deduplicate }, index) => {
    const note = deduplicate ? '\n-- Of rows with equal keys the best by order stays, over all partitions.' : '';
    return `-- ${chainName(index + 1)} is ${label}${note}\n${sql}`;
  });
  return checks.rowChecks.length > 0 && checks.sql !== null
    ? [...steps, `-- checks: one bit for each that a row fails\n${checks.sql}`]
    : steps;
}

/** The name of the relation before link `index`. */
export function chainName(index: number): string {
  return `step_${index}`;
}

async function describeLink(
  request: BindRequest,
  index: number,
  columns: readonly Column[],
  sql: string,
  reasons: ReasonRegistry,
): Promise<{ readonly columns: Column[] } | { readonly problem: Omit<StepProblem, 'path'> }> {
  const relations = [
    `${chainName(index)} AS (SELECT ${[...typedNulls(columns), ...hiddenNulls(reasons)].join(', ')})`,
    `sluice_given AS (SELECT NULL::TIMESTAMPTZ AS ${RUN_STARTED_AT.name})`,
    ...Object.entries(request.references).flatMap(([name, theirs]) =>
      theirs === null ? [] : [`${referenceName(name)} AS (SELECT ${typedNulls(theirs).join(', ') || '1 AS nothing'})`],
    ),
  ];
  try {
    const described = await describeRelation(request.session, `SELECT * FROM (WITH ${relations.join(', ')} ${sql})`);
    return { columns: described.filter((column) => !column.name.toLowerCase().startsWith(SYSTEM_PREFIX)) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const fix = 'Look at the types of the columns that the step names.';
    return { problem: { code: 'step-not-possible', message: error.message, value: null, fix } };
  }
}

function typedNulls(columns: readonly Column[]): string[] {
  return columns.map((column) => `NULL::${duckdbType(column.type)} AS ${quoteIdentifier(column.name)}`);
}

function hiddenNulls(reasons: ReasonRegistry): string[] {
  const words = Array.from({ length: reasons.words }, (_, word) => `0::BIGINT AS ${HIDDEN.failed(word)}`);
  return [
    `0::INTEGER AS ${SYSTEM_COLUMNS.file}`,
    `0::BIGINT AS ${SYSTEM_COLUMNS.row}`,
    `0::UTINYINT AS ${HIDDEN.out}`,
    ...words,
  ];
}

/** Names that the engine could not keep apart, or that are Sluice's own. */
function sourceNameProblems(columns: readonly Column[]): BindProblem[] {
  const seen = new Map<string, string>();
  return columns.flatMap(({ name }) => {
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    const reserved = name.toLowerCase().startsWith(SYSTEM_PREFIX);
    if (other === undefined && !reserved) return [];
    const message = reserved
      ? `The source's column '${name}' begins with ${SYSTEM_PREFIX}, which is kept for Sluice`
      : `The source's columns '${other ?? ''}' and '${name}' are one name to the engine, which ignores case`;
    return [
      {
        path: 'source',
        code: 'source-column-name',
        message,
        value: name,
        fix: 'Rename the column where the file is made.',
      },
    ];
  });
}

/** Two deduplications cannot both be decided over partitions: which rows the second sees depends on the first. */
function secondDeduplicate(pipeline: PipelineConfig): BindProblem[] {
  const steps = pipeline.transform.flatMap((step, index) => ('deduplicate' in step ? [index] : []));
  return steps.slice(1).map((index) => ({
    path: `transform[${index}].deduplicate`,
    code: 'deduplicate-twice',
    message: 'A pipeline deduplicates once',
    value: null,
    fix: 'Put the keys into one step, or split the pipeline in two.',
  }));
}

function joinPath(path: string, inner: string): string {
  return inner === '' ? path : `${path}.${inner}`;
}
