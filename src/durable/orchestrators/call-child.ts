import type { OrchestrationContext, Task } from 'durable-functions';
import { OrchestrationLostError } from '../../errors/orchestration-lost-error';
import type { FailureScope } from '../../errors/sluice-error';
import { toFailure } from '../../errors/to-failure';
import type { OrchestratorName } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import { childId } from './child-id';
import type { Durable } from './durable';
import { reasonOf } from './reason-of';

/** One child orchestration: `label` makes its instance id under its parent's. */
export interface Child {
  readonly name: OrchestratorName;
  readonly label: string;
  readonly input: object;
}

/** Starts a child with its parent's version: without one, the host would give it `defaultVersion`. */
export function startChild(context: OrchestrationContext, { name, label, input }: Child): Task {
  return context.df.callSubOrchestrator(name, input, childId(context.df.instanceId, label), context.df.version);
}

/** Runs a child to its end. A child that ends without an answer becomes a failure envelope. */
export function* callChild<T>(context: OrchestrationContext, child: Child, scope: FailureScope): Durable<Outcome<T>> {
  try {
    return (yield startChild(context, child)) as Outcome<T>;
  } catch (error) {
    return lostChild(child, error, scope);
  }
}

/** The envelope of a child that ended without an answer. */
export function lostChild(child: Child, error: unknown, scope: FailureScope): Outcome<never> {
  const part = `the orchestration ${child.name} (${child.label})`;
  return { ok: false, failure: toFailure(new OrchestrationLostError(part, reasonOf(error)), scope) };
}
