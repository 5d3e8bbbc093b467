import type { RunPlan } from '../config/project';
import type { RunRecord } from '../durable/contracts/run-record';
import { RerunNotPossibleError } from '../errors/rerun-not-possible-error';
import { isEnded } from '../model/status';

/** The pipelines of a run that did not come to their end: failed, skipped or cancelled. */
export function unfinishedOf(run: RunRecord): readonly string[] {
  return run.pipelines.filter(({ status }) => status !== 'Succeeded').map(({ pipeline }) => pipeline);
}

/**
 * The pipelines to start again: those asked for, or all that did not come to their end. What a failed pipeline had published before it
 * failed is known to its ledger, so starting it again loads nothing twice.
 * @throws {RerunNotPossibleError}
 */
export function pipelinesToRerun(run: RunRecord, asked: readonly string[] | undefined): readonly string[] {
  const { runId, status, trigger } = run;
  if (!isEnded(status)) {
    throw new RerunNotPossibleError(`${runId} has not ended`, 'Wait until it has ended, or cancel it.');
  }
  if (trigger.kind === 'release') {
    throw new RerunNotPossibleError(
      `${runId} loaded rows released from quarantine`,
      'Release the batch again: the review knows which rows were loaded.',
    );
  }
  if (trigger.kind === 'backfill') {
    throw new RerunNotPossibleError(
      `${runId} is a window of ${trigger.backfill}`,
      'Ask for the window again with a new backfill.',
    );
  }
  const unfinished = unfinishedOf(run);
  if (unfinished.length === 0) {
    throw new RerunNotPossibleError(`Every pipeline of ${runId} succeeded`, 'Start a pipeline by its name instead.');
  }
  const finished = (asked ?? []).filter((name) => !unfinished.includes(name));
  if (finished.length > 0) {
    throw new RerunNotPossibleError(
      `${finished.join(', ')}: not among what failed, was skipped or cancelled in ${runId}`,
      `Name some of ${unfinished.join(', ')}, or start the pipeline by its name.`,
    );
  }
  return asked ?? unfinished;
}

/** The plan of an earlier run, for some of its pipelines alone: definitions, parameters and reference files as they were then. */
export function pinnedPlan(plan: RunPlan, pipelines: readonly string[]): RunPlan {
  const wanted = new Set(pipelines);
  const { evenPaused: _, ...pinned } = plan;
  return {
    ...pinned,
    levels: plan.levels.map((level) => level.filter((name) => wanted.has(name))).filter((level) => level.length > 0),
    definitionHashes: Object.fromEntries(Object.entries(plan.definitionHashes).filter(([name]) => wanted.has(name))),
    ...(plan.versions !== undefined && {
      versions: Object.fromEntries(Object.entries(plan.versions).filter(([name]) => wanted.has(name))),
    }),
  };
}
