import type { PipelineConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import type { Column } from '../../model/column';
import { bindStep } from './bind-step';
import { chainName, forPeople, type ChainLink } from './chain-link';
import { bindChecks, type BoundChecks } from './checks/bind-checks';
import { describeLink } from './describe-link';
import { ColumnFollower } from './lineage/follow-columns';
import type { Lineage } from './lineage/lineage-types';
import { secondDeduplicate, sourceNameProblems } from './pipeline-problems';
import { ReasonRegistry } from './reason-registry';
import { sourceCasts } from './source-casts';
import { reshapes } from './needs-single-partition';
import type { BindProblem, BoundReshape, BoundStep, StepScope } from './step-scope';
import { bindCasts } from './steps/bind-cast';
import type { BoundDeduplicate } from './steps/bind-deduplicate';
import { bindMask, type BoundMask } from './steps/bind-mask';
import { markUnnest } from './steps/bind-unnest';

export interface BindRequest {
  readonly pipeline: PipelineConfig;
  /** Columns of the extracted rows, without Sluice's own; null when nobody knows them before the source is read. */
  readonly inputColumns: readonly Column[] | null;
  /** Columns of each referenced pipeline's table; null where they are not known. */
  readonly references: Readonly<Record<string, readonly Column[] | null>>;
  readonly session: EngineSession;
  /** Index of the first transform step, where `inputColumns` are those before it; 0, with the source's casts, when absent. */
  readonly entry?: number;
  /** Follow the columns also where no mask step needs it. */
  readonly lineage?: boolean;
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
  /** Where the columns after the transform come from; null when they are not known, or were not followed. */
  readonly lineage: Lineage | null;
}

/**
 * Checks every step and check of a pipeline in the order written, and writes their SQL. Runs nothing. Where the columns are not
 * known, only what can be known without them is checked: the syntax of expressions, their functions, patterns.
 */
export async function bindPipeline(request: BindRequest): Promise<BoundPipeline> {
  const { pipeline, references, session, inputColumns, entry = 0 } = request;
  const reasons = new ReasonRegistry();
  const problems: BindProblem[] = [];
  const links: ChainLink[] = [];
  const nameProblems = sourceNameProblems(inputColumns ?? []);
  let columns = nameProblems.length > 0 ? null : inputColumns;
  let reshaped = pipeline.transform.slice(0, entry).some(reshapes);
  const scope = (): StepScope => ({ columns, references, reasons, session, reshaped, input: chainName(links.length) });
  const take = async (bound: BoundStep, step: number, path: string, kind: string): Promise<void> => {
    problems.push(...bound.problems.map((problem) => ({ ...problem, path: joinPath(path, problem.path) })));
    if (bound.sql === null || columns === null) {
      columns = null;
      return;
    }
    const described = await describeLink(scope(), links.length, bound.sql);
    if ('problem' in described) {
      problems.push({ ...described.problem, path: `${path}.${kind}` });
      columns = null;
      return;
    }
    columns = described.columns;
    links.push({
      sql: bound.sql,
      label: path.startsWith('transform') ? `${path}: ${kind}` : path,
      step,
      columns,
      deduplicate: 'directions' in bound ? (bound as BoundDeduplicate) : null,
      reshape: 'reshape' in bound ? (bound as BoundReshape).reshape : null,
      figures: bound.figures ?? [],
    });
  };
  if (columns !== null && entry === 0) {
    const casts = sourceCasts(pipeline, columns);
    if (casts.length > 0) await take(await bindCasts(casts, scope()), -1, 'source.columns', 'cast');
  }
  const follower = await ColumnFollower.at(pipeline, entry, columns, session, request.lineage);
  problems.push(...nameProblems, ...secondDeduplicate(pipeline));
  for (const [index, step] of pipeline.transform.entries()) {
    if (index < entry) continue;
    const [path, kind] = [`transform[${index}]`, Object.keys(step)[0] ?? ''];
    const mark = 'unnest' in step ? markUnnest(step, scope()) : null;
    if (mark !== null && mark.sql !== null) await take(mark, index, path, kind);
    const before = columns;
    const { source } = pipeline;
    const bound =
      'mask' in step
        ? bindMask(step, { ...scope(), lineage: follower.lineage, source })
        : await bindStep(step, scope());
    await take(bound, index, path, kind);
    const maskedColumns = 'maskedColumns' in bound ? (bound as BoundMask).maskedColumns : [];
    await follower.follow({ step, index, before, after: columns, maskedColumns });
    reshaped ||= reshapes(step);
  }
  const checks = await bindChecks(pipeline, scope());
  problems.push(...checks.problems);
  if (checks.sql !== null && columns !== null) {
    const described = await describeLink(scope(), links.length, checks.sql);
    if ('problem' in described) problems.push({ ...described.problem, path: 'checks' });
  }
  return {
    columns: problems.length > 0 ? null : columns,
    problems,
    sql: columns === null ? [] : forPeople(links, checks),
    links,
    checks,
    reasons,
    lineage: columns === null ? null : follower.lineage,
  };
}

function joinPath(path: string, inner: string): string {
  return inner === '' ? path : `${path}.${inner}`;
}
