import type { RunPlan } from '../config/project';
import type { ReferenceContents } from '../config/reference-files';
import { ORCHESTRATORS } from '../durable/contracts/names';
import type { MasterInput } from '../durable/contracts/orchestrations';
import type { RunTrigger } from '../durable/contracts/run-record';
import { ApprovalRequiredError } from '../errors/approval-required-error';
import { PlanOutdatedError } from '../errors/plan-outdated-error';
import { reasonOf } from '../errors/reason-of';
import type { Release } from '../model/release';
import type { ReviewedWorld } from '../model/reviewed';
import type { StartTrace } from '../observability/tracing/tracing';
import { buildRunPlan, type RunRequest } from '../project/build-run-plan';
import { masterInputOf } from '../project/master-input-of';
import type { RunnableProject } from './definitions/definition-registry';
import { runIdOf } from './start-key';
import type { Orchestrations, TriggerServices } from './trigger-services';

export interface Start {
  /** What is to run, as the pipelines folder has it now. One of `request` and `plan` is given. */
  readonly request?: RunRequest;
  /** What is to run, as an earlier run had it. */
  readonly plan?: RunPlan;
  readonly trigger: RunTrigger;
  /** See `startKeyOf`. */
  readonly startKey: string;
  /** Who or what asked, for the audit. */
  readonly by: string;
  readonly correlationId?: string;
  /** Rows to load in place of anything from the source: see `startRelease`. */
  readonly release?: Release;
  /** Although its pipelines are paused. */
  readonly evenPaused?: boolean;
  /** A reviewed plan of its only pipeline: the version that somebody looked at, and what else must still be so. */
  readonly reviewed?: { readonly version: string } & ReviewedWorld;
}

export interface Started {
  readonly runId: string;
  /** `false` when the same start was made before: nothing was started now. */
  readonly created: boolean;
}

/**
 * Starts a run once: the plan becomes a blob and the start record is inserted before the orchestration is started. When
 * the latter fails the run is `Queued` all the same, and the tick starts it.
 * @throws {ProjectInvalidError | UnknownPipelineError | InvalidParametersError | ApprovalRequiredError | PlanOutdatedError | StorageError} with
 * nothing recorded.
 */
export async function startRun(services: TriggerServices, client: Orchestrations, start: Start): Promise<Started> {
  // Of one request comes one run, so that the caller's trace goes on; of one tick or event may come several.
  const about = { trigger: start.trigger.kind, joins: start.trigger.kind === 'manual' };
  return services.tracing.start(about, (trace) => startInTrace(services, client, start, trace));
}

async function startInTrace(
  services: TriggerServices,
  client: Orchestrations,
  start: Start,
  { traceId, traceparent }: StartTrace,
): Promise<Started> {
  const { stores, clock, log } = services;
  const { built, referenceFiles } = await builtOf(services, start);
  const plan: RunPlan = {
    ...built,
    ...(start.release !== undefined && { release: start.release }),
    ...(start.evenPaused === true && { evenPaused: true }),
    ...(start.reviewed !== undefined && reviewedOf(built, start.reviewed)),
  };
  const runId = runIdOf(start.startKey);
  const correlationId = start.correlationId ?? traceId ?? runId;
  await keepReferenceFiles(stores.artifacts, plan, referenceFiles);
  const ref = await stores.artifacts.putJson('plans', plan);
  const masterInput = masterInputOf(plan, { runId, plan: ref, correlationId }, services.poolSlots);
  const pipelines = plan.levels.flat();
  const requestedAt = clock.now();
  const created = await stores.runs.create({
    runId,
    startKey: start.startKey,
    trigger: start.trigger,
    environment: plan.environment,
    correlationId,
    ...(traceparent !== null && { traceparent }),
    plan: ref,
    pipelines,
    parameters: plan.parameters,
    ...(plan.versions !== undefined && { versions: plan.versions }),
    requestedAt,
    masterInput,
  });
  if (!created) return { runId, created };
  await stores.audit
    .append({
      at: requestedAt,
      action: 'run-started',
      by: start.by,
      subject: runId,
      detail: { trigger: start.trigger.kind, pipelines: pipelines.join(',').slice(0, 1000) },
      correlationId,
    })
    .catch((error: unknown) => log.warn('audit-not-written', { runId, reason: reasonOf(error) }));
  await startMaster(client, runId, masterInput).catch((error: unknown) =>
    log.warn('run-not-started-yet', { runId, reason: reasonOf(error) }),
  );
  log.info('run-requested', { runId, correlationId, trigger: start.trigger.kind, by: start.by });
  return { runId, created };
}

/** Throws `PlanOutdatedError` where runs use another version than the reviewed one. */
function reviewedOf(
  { versions = {} }: RunPlan,
  { version, slice, target }: NonNullable<Start['reviewed']>,
): Pick<RunPlan, 'reviewed'> {
  for (const [pipeline, used] of Object.entries(versions)) {
    if (used === version) continue;
    throw new PlanOutdatedError(
      `Runs of ${pipeline} use version ${used.slice(0, 12)}, and the plan was made with ${version.slice(0, 12)}.`,
    );
  }
  return { reviewed: { slice, target } };
}

async function builtOf(
  { definitions }: TriggerServices,
  start: Start,
): Promise<{ readonly built: RunPlan; readonly referenceFiles: ReferenceContents }> {
  // What an earlier run had is complete: the folder as it is now has no part in it.
  if (start.plan !== undefined) return { built: start.plan, referenceFiles: {} };
  const runnable = await definitions.runnable();
  const built = planOf(runnable, start.request ?? { pipelines: 'all' });
  return { built, referenceFiles: runnable.loaded.referenceFiles };
}

/**
 * What a run does with the definitions that runs use.
 * @throws {UnknownPipelineError | InvalidParametersError | ApprovalRequiredError} the last for a pipeline of which no version is approved.
 */
export function planOf({ project, loaded, used, versions }: RunnableProject, request: RunRequest): RunPlan {
  const { referenceFiles, ownReferenceFiles } = loaded;
  const own = ownReferenceFiles === undefined ? {} : { ownReferenceFiles };
  const plan = buildRunPlan(project, request, { referenceFiles, ...own, versions });
  const waiting = plan.levels.flat().filter((name) => used[name]?.hash === null);
  if (waiting.length > 0) throw new ApprovalRequiredError(waiting);
  return plan;
}

/** The run reads its reference files from there, whatever becomes of the folder. */
export async function keepReferenceFiles(
  artifacts: TriggerServices['stores']['artifacts'],
  { referenceFiles = {} }: RunPlan,
  contents: ReferenceContents,
): Promise<void> {
  for (const [file, ref] of Object.entries(referenceFiles)) {
    const found = contents[file];
    if (found !== undefined) await artifacts.putBytes(ref, found.content);
  }
}

/** Starts the orchestration of a recorded run. */
export async function startMaster(client: Orchestrations, runId: string, input: unknown): Promise<void> {
  await client.startNew(ORCHESTRATORS.master, { instanceId: runId, input: input as MasterInput });
}
