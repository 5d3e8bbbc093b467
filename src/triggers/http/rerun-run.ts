import { z } from 'zod';
import type { RunPlan } from '../../config/project';
import { RerunNotPossibleError } from '../../errors/rerun-not-possible-error';
import { pinnedPlan, pipelinesToRerun } from '../rerun';
import { startKeyOf } from '../start-key';
import { startRun, type Start } from '../start-run';
import { callerOf } from './caller';
import { correlationOf } from './correlation';
import { confirmation, guardsOf, waitsForApproval } from './guards';
import { addressOf, type Route } from './handle';
import { refusePaused } from './pause-pipeline';
import { readBody } from './read-request';
import { findRun } from './read-runs';
import { idempotencyKeyOf, parameterValues, requireConfirmed } from './start-runs';

export const rerunBody = z.strictObject({
  reason: z.string().min(1).max(500),
  pipelines: z
    .array(z.string().min(1).max(63))
    .min(1)
    .max(500)
    .optional()
    .describe('Some of those that failed, were skipped or cancelled; all of them unless given.'),
  definition: z
    .enum(['present', 'pinned'])
    .default('present')
    .describe('present: as the pipelines folder has it now. pinned: as the run had it, parameters included.'),
  parameters: parameterValues.optional().describe('Instead of those of the run, one by one.'),
  idempotencyKey: z.string().min(1).max(200).optional(),
  force: z.boolean().default(false).describe('Although a pipeline is paused.'),
  confirm: confirmation,
});

/** `POST /api/runs/{id}/rerun`: starts again what failed of a run, was skipped or cancelled, as a run of its own. */
export const rerunRun: Route = async (services, request, client) => {
  const body = await readBody(request, rerunBody);
  const run = await findRun(services, request.params['id'] ?? '');
  const pipelines = pipelinesToRerun(run, body.pipelines);
  await refusePaused(services, pipelines, body.force);
  const pinned =
    body.definition === 'pinned' ? await pinnableOf(services, run.runId, pipelines, body.parameters) : undefined;
  await requireConfirmed(services, request, body, pipelines, pinned?.project);
  const by = callerOf(services, request);
  const idempotencyKey = idempotencyKeyOf(request, body);
  const correlationId = correlationOf(request);
  const start: Omit<Start, 'request' | 'plan'> = {
    trigger: { kind: 'manual', by, rerunOf: run.runId },
    startKey: startKeyOf({
      kind: 'manual',
      ...(idempotencyKey !== undefined && { idempotencyKey: `${run.runId} ${idempotencyKey}` }),
    }),
    by,
    ...(body.force && { evenPaused: true }),
    ...(correlationId !== undefined && { correlationId }),
  };
  const what =
    pinned !== undefined
      ? { plan: pinnedPlan(pinned, pipelines) }
      : {
          request: {
            pipelines,
            parameters: { ...declaredOf(services, pipelines, run.parameters), ...body.parameters },
          },
        };
  const { runId, created } = await startRun(services, client, { ...start, ...what });
  if (created) {
    await services.stores.audit.append({
      at: services.clock.now(),
      action: 'run-started-again',
      by,
      subject: runId,
      detail: { of: run.runId, reason: body.reason, definition: body.definition, pipelines: pipelines.join(', ') },
      correlationId: correlationId ?? runId,
    });
  }
  const location = addressOf(request, `runs/${runId}`);
  return {
    status: 202,
    headers: { Location: location, 'Retry-After': '2' },
    jsonBody: {
      runId,
      status: 'Queued',
      alreadyStarted: !created,
      rerunOf: run.runId,
      pipelines,
      links: { run: location, cancel: `${location}/cancel` },
    },
  };
};

/** The plan of the run, where its definitions may still be used: what waits for an approval is not gone around by an old run. */
async function pinnableOf(
  services: Parameters<Route>[0],
  runId: string,
  pipelines: readonly string[],
  parameters: Readonly<Record<string, unknown>> | undefined,
): Promise<RunPlan> {
  if (parameters !== undefined) {
    throw new RerunNotPossibleError(
      'Corrected parameters do not go together with the definition of the time',
      'Leave them out, or take the present definition.',
    );
  }
  const start = await services.stores.runs.start(runId);
  if (start === null) throw new RerunNotPossibleError(`The plan of ${runId} is gone`, 'Take the present definition.');
  const plan = await services.stores.artifacts.getJson<RunPlan>(start.plan);
  if (!waitsForApproval(guardsOf(services), 'change')) return plan;
  const { used } = await services.definitions.runnable();
  const others = pipelines.filter((name) => plan.versions?.[name] !== used[name]?.hash);
  if (others.length === 0) return plan;
  throw new RerunNotPossibleError(
    `Runs use other versions of ${others.join(', ')} by now, and changes wait for an approval here`,
    'Take the present definition, or activate the version of that run first.',
  );
}

/** The parameters of the run that the pipelines still declare: a new definition may have dropped one. */
function declaredOf(
  { project }: Parameters<Route>[0],
  pipelines: readonly string[],
  parameters: Readonly<Record<string, string | number | boolean | null>>,
): Record<string, string | number | boolean | null> {
  const { partial } = project.load();
  const declared = new Set(pipelines.flatMap((name) => Object.keys(partial.pipelines[name]?.parameters ?? {})));
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => declared.has(name)));
}
