import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ParameterValue } from '../config/parameters';
import type { Reviewed } from '../model/reviewed';
import { UsageError } from './usage-error';

const FORMAT = 'sluice-plan/1';

/** What a plan pins. */
export interface PlanContent {
  readonly pipeline: string;
  readonly environment: string;
  /** Of the definition: see `versionHash`. */
  readonly version: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly slice: Reviewed | null;
  readonly target: Reviewed | null;
}

/** A plan that somebody reviews and another command applies. */
export interface PlanFile extends PlanContent {
  readonly format: typeof FORMAT;
  /** SHA-256 of what it pins, in hex: whoever changes the file changes this, or is found out. */
  readonly hash: string;
}

export function createPlanFile(content: PlanContent): PlanFile {
  return { format: FORMAT, hash: hashOf(content), ...content };
}

export function writePlanFile(file: string, plan: PlanFile): void {
  writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
}

/** Reads a plan that `sluice plan --out` wrote. Throws `UsageError` for anything else, and for one that was changed since. */
export function readPlanFile(file: string): PlanFile {
  let plan: Partial<PlanFile>;
  try {
    plan = JSON.parse(readFileSync(file, 'utf8')) as Partial<PlanFile>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ENOENT' ? `there is no file ${file}` : `${file} is no plan: it cannot be read as JSON`,
    );
  }
  if (typeof plan !== 'object' || (plan as object | null) === null || plan.format !== FORMAT) {
    throw new UsageError(`${file} is no plan of this version of sluice: make it with sluice plan --out`);
  }
  const { pipeline = '', environment = '', version = '', parameters = {}, slice = null, target = null } = plan;
  const content = { pipeline, environment, version, parameters, slice, target };
  if (plan.hash !== hashOf(content)) {
    throw new UsageError(`${file} was changed after it was made: its hash is not that of what it says`);
  }
  return createPlanFile(content);
}

function hashOf({ pipeline, environment, version, parameters, slice, target }: PlanContent): string {
  const values = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const seen = [slice, target].map((one) => one && [one.digest, one.what]);
  const text = JSON.stringify([FORMAT, pipeline, environment, version, values, seen]);
  return createHash('sha256').update(text).digest('hex');
}
