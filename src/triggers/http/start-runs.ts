import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { planLevels } from '../../config/plan-levels';
import type { RunPlan } from '../../config/project';
import { IdempotencyKeyReusedError } from '../../errors/idempotency-key-reused-error';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { PlanOutdatedError } from '../../errors/plan-outdated-error';
import type { RunRequest } from '../../project/build-run-plan';
import { startKeyOf } from '../start-key';
import { startRun } from '../start-run';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { callerOf } from './caller';
import { correlationOf } from './correlation';
import { confirmation, guardsOf, requireConfirmation } from './guards';
import { addressOf, type Answer, type Route } from './handle';
import { refusePaused } from './pause-pipeline';
import { readBody } from './read-request';

const scalar = z.union([z.string().max(4000), z.number(), z.boolean(), z.null()]);
export const parameterValues = z.record(z.string(), scalar);
const steering = {
  parameters: parameterValues.optional(),
  withDependencies: z.boolean().optional(),
  maxParallel: z.int().min(1).max(64).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
  force: z.boolean().default(false),
  confirm: confirmation,
};
export const runsBody = z.strictObject({
  pipelines: z.array(z.string().min(1).max(63)).min(1).max(500).optional(),
  ...steering,
});
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'is a SHA-256 in hex');
const seen = z
  .strictObject({ digest, what: z.string().max(500) })
  .nullable()
  .default(null);
export const pipelineBody = z.strictObject({
  ...steering,
  reviewed: z
    .strictObject({
      environment: z.string().min(1).max(31),
      version: digest,
      slice: seen.describe('What of the source must still be as it was.'),
      target: seen.describe('The columns of the target as they were.'),
    })
    .optional()
    .describe('A reviewed plan, as sluice plan --out writes it: only what was looked at is run.'),
});
type Body = z.infer<typeof runsBody> & Pick<z.infer<typeof pipelineBody>, 'reviewed'>;

/** Seconds after which looking at the run is worth while. */
const RETRY_AFTER = '2';

/** `POST /api/runs`: all pipelines in the order of `dependsOn`, or those named. */
export const startRuns: Route = async (services, request, client) => {
  const body = await readBody(request, runsBody);
  return start(services, request, client, body, body.pipelines ?? 'all');
};

/** `POST /api/pipelines/{name}/runs`: one pipeline, without what it depends on unless the body says so. */
export const startPipelineRun: Route = async (services, request, client) =>
  start(services, request, client, await readBody(request, pipelineBody), [request.params['name'] ?? '']);

async function start(
  services: TriggerServices,
  request: HttpRequest,
  client: Orchestrations,
  body: Body,
  pipelines: RunRequest['pipelines'],
): Promise<Answer> {
  const { reviewed } = body;
  if (reviewed !== undefined && reviewed.environment !== services.environment) {
    throw new PlanOutdatedError(
      `The plan was made for ${reviewed.environment}, and this app is ${services.environment}.`,
    );
  }
  await refusePaused(services, pipelines === 'all' ? [] : pipelines, body.force);
  await requireConfirmed(services, request, body, pipelines);
  const by = callerOf(services, request);
  const idempotencyKey = idempotencyKeyOf(request, body);
  const correlationId = correlationOf(request);
  const { runId, created } = await startRun(services, client, {
    request: {
      pipelines,
      ...(body.parameters !== undefined && { parameters: body.parameters }),
      ...(body.withDependencies !== undefined && { withDependencies: body.withDependencies }),
      ...(body.maxParallel !== undefined && { maxParallel: body.maxParallel }),
    },
    trigger: { kind: 'manual', by },
    startKey: startKeyOf({ kind: 'manual', ...(idempotencyKey !== undefined && { idempotencyKey }) }),
    by,
    ...(body.force && { evenPaused: true }),
    ...(correlationId !== undefined && { correlationId }),
    ...(reviewed !== undefined && { reviewed }),
  });
  if (!created) await refuseOtherRequest(services, runId, body, pipelines);
  const run = addressOf(request, `runs/${runId}`);
  return {
    status: 202,
    headers: { Location: run, 'Retry-After': RETRY_AFTER },
    jsonBody: { runId, status: 'Queued', alreadyStarted: !created, links: { run, cancel: `${run}/cancel` } },
  };
}

/**
 * What replaces whole tables, or is started in spite of a pause, is confirmed by name; of a start of all pipelines, `all` is the name.
 * @param pinned The definitions that are run, where they are not those that runs use now.
 */
export async function requireConfirmed(
  services: TriggerServices,
  request: HttpRequest,
  { force, confirm, withDependencies = false }: Pick<Body, 'force' | 'confirm' | 'withDependencies'>,
  pipelines: RunRequest['pipelines'],
  pinned?: RunPlan['project'],
): Promise<void> {
  const forced = force ? (pipelines === 'all' ? ['all'] : pipelines) : [];
  requireConfirmation(services, request, { action: 'force', names: forced, confirm });
  if (!guardsOf(services).confirm.includes('replace')) return;
  const project = pinned ?? (await services.definitions.runnable()).project;
  const replaced = planLevels(project, pipelines, { withDependencies })
    .flat()
    .filter((name) => project.pipelines[name]?.target.writeDisposition === 'replace');
  const names = pipelines === 'all' && replaced.length > 0 ? ['all'] : replaced;
  requireConfirmation(services, request, { action: 'replace', names, confirm });
}

/**
 * The idempotency key of a start, from the header or the body.
 * @throws {InvalidRequestError} where they differ.
 */
export function idempotencyKeyOf(request: HttpRequest, body: Pick<Body, 'idempotencyKey'>): string | undefined {
  const header = request.headers.get('idempotency-key') ?? undefined;
  if (header !== undefined && body.idempotencyKey !== undefined && header !== body.idempotencyKey) {
    throw new InvalidRequestError([{ path: 'idempotencyKey', message: 'differs from the header Idempotency-Key' }]);
  }
  const key = body.idempotencyKey ?? header;
  if (key !== undefined && (key === '' || key.length > 200)) {
    throw new InvalidRequestError([{ path: 'Idempotency-Key', message: 'has 1 to 200 characters' }]);
  }
  return key;
}

/** The same key with another request is a mistake of the caller's, not a repetition. */
async function refuseOtherRequest(
  { stores }: TriggerServices,
  runId: string,
  body: Body,
  pipelines: RunRequest['pipelines'],
): Promise<void> {
  const run = await stores.runs.get(runId);
  if (run === null) return;
  const before = new Set(run.pipelines.map(({ pipeline }) => pipeline));
  const named = pipelines === 'all' ? [] : pipelines;
  const otherPipelines =
    named.some((name) => !before.has(name)) ||
    (pipelines !== 'all' && body.withDependencies !== true && before.size !== new Set(named).size);
  const otherParameters = Object.entries(body.parameters ?? {}).some(([name, value]) => run.parameters[name] !== value);
  if (otherPipelines || otherParameters) throw new IdempotencyKeyReusedError(runId);
}
