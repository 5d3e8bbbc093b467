import { toFailure } from '../../errors/to-failure';
import type { FailureScope } from '../../errors/sluice-error';
import { STEP_OF_ACTIVITY } from '../../model/step-of-activity';
import { withinScope, type WorkScope } from '../../observability/work-scope';
import { redactFailure } from '../../observability/redact-failure';
import type { ActivityTable } from '../contracts/activities';
import type { ActivityName } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { ActivityServices } from './activity-services';
import { countAttempt } from './count-attempt';
import { metered } from './metered';

/** An activity before it is registered: given the services, a handler that never throws. */
export interface DefinedActivity {
  readonly name: ActivityName;
  readonly handler: (services: ActivityServices) => (input: unknown) => Promise<Outcome<unknown>>;
}

/** Makes an activity of a function that throws: see `runActivity`. */
export function defineActivity<Name extends ActivityName>(
  name: Name,
  run: (services: ActivityServices, input: ActivityTable[Name]['input']) => Promise<ActivityTable[Name]['result']>,
): DefinedActivity {
  return {
    name,
    handler: (services) => (input) =>
      runActivity(services, name, input, () => run(services, input as ActivityTable[Name]['input'])),
  };
}

/**
 * Does the work of an activity. What it throws becomes a failure with its ids: a thrown error would lose its class and code on the way to
 * the orchestrator. Begin and end are a span of the run's trace, an event and a figure.
 */
export async function runActivity<T>(
  services: ActivityServices,
  name: ActivityName,
  input: unknown,
  work: () => Promise<T>,
): Promise<Outcome<T>> {
  const { log, meters, tracing } = services;
  const scope = scopeOf(name, input);
  const execution = { ...workOf(name, input), attempt: countAttempt(name, input as Record<string, unknown>) };
  const step = STEP_OF_ACTIVITY[name] ?? stepOf(input);
  const pipeline = scope.pipeline ?? '';
  const done = (): Promise<Outcome<T>> =>
    tracing.activity(
      { ...execution, ...(step !== undefined && { step }) },
      (runId) => traceparentOf(services, runId),
      async () => {
        const began = performance.now();
        try {
          const value = await work();
          const durationMs = performance.now() - began;
          meters.set('sluice.memory', process.memoryUsage.rss(), {});
          meters.record('sluice.activity.duration', durationMs / 1000, {
            activity: name,
            pipeline,
            outcome: 'succeeded',
          });
          log.debug('activity-ended', { durationMs: Math.round(durationMs) });
          return { ok: true, value };
        } catch (error) {
          const failure = redactFailure(toFailure(error, scope));
          const { class: kind, code, message } = failure;
          const durationMs = performance.now() - began;
          meters.record('sluice.activity.duration', durationMs / 1000, { activity: name, pipeline, outcome: 'failed' });
          meters.add('sluice.failures', 1, { pipeline, class: kind, code });
          log.warn('activity-failed', { class: kind, code, message, durationMs: Math.round(durationMs) });
          return { ok: false, failure };
        }
      },
    );
  return withinScope(execution, () => metered(services, name, input, done));
}

async function traceparentOf({ stores }: ActivityServices, runId: string): Promise<string | null> {
  return (await stores.runs.start(runId))?.traceparent ?? null;
}

function scopeOf(name: ActivityName, input: unknown): FailureScope {
  const { runId, pipeline, partition } = workOf(name, input);
  return {
    step: name,
    ...(runId !== undefined && { runId }),
    ...(pipeline !== undefined && { pipeline }),
    ...(partition !== undefined && { partition }),
  };
}

function workOf(activity: ActivityName, input: unknown): WorkScope {
  const { runId, pipeline, partition, correlationId } = input as Record<string, unknown>;
  return {
    activity,
    ...(typeof runId === 'string' && { runId }),
    ...(typeof pipeline === 'string' && { pipeline }),
    ...(typeof partition === 'number' && { partition }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}

/** Sealing says which step it seals. */
function stepOf(input: unknown): string | undefined {
  const { step } = input as Record<string, unknown>;
  return typeof step === 'string' ? step : undefined;
}
