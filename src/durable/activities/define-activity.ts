import { toFailure } from '../../errors/to-failure';
import type { FailureScope } from '../../errors/sluice-error';
import type { ActivityTable } from '../contracts/activities';
import type { ActivityName } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { ActivityServices } from './activity-services';

/** An activity before it is registered: given the services, a handler that never throws. */
export interface DefinedActivity {
  readonly name: ActivityName;
  readonly handler: (services: ActivityServices) => (input: unknown) => Promise<Outcome<unknown>>;
}

/**
 * Makes an activity of a function that throws: what it throws becomes a failure with its ids, and begin and end are logged.
 * A thrown error would lose its class and code on the way to the orchestrator.
 */
export function defineActivity<Name extends ActivityName>(
  name: Name,
  run: (services: ActivityServices, input: ActivityTable[Name]['input']) => Promise<ActivityTable[Name]['result']>,
): DefinedActivity {
  return {
    name,
    handler: (services) => async (input) => {
      const scope = scopeOf(name, input as Record<string, unknown>);
      const log = services.log.with({ activity: name, ...scope });
      const began = performance.now();
      try {
        const value = await run(services, input as ActivityTable[Name]['input']);
        log.debug('activity-ended', { durationMs: Math.round(performance.now() - began) });
        return { ok: true, value };
      } catch (error) {
        const failure = toFailure(error, scope);
        log.warn('activity-failed', { class: failure.class, code: failure.code, message: failure.message });
        return { ok: false, failure };
      }
    },
  };
}

function scopeOf(name: ActivityName, input: Record<string, unknown>): FailureScope {
  const { runId, pipeline, partition } = input;
  return {
    step: name,
    ...(typeof runId === 'string' && { runId }),
    ...(typeof pipeline === 'string' && { pipeline }),
    ...(typeof partition === 'number' && { partition }),
  };
}
