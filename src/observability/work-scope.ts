import { AsyncLocalStorage } from 'node:async_hooks';

/** What a process is working on: goes into every log event, and into the dimensions of what the engine measures. */
export interface WorkScope {
  readonly activity: string;
  readonly runId?: string;
  readonly pipeline?: string;
  readonly partition?: number;
  /** Executions of the same work in this process, from 1. */
  readonly attempt?: number;
  readonly correlationId?: string;
}

const scopes = new AsyncLocalStorage<WorkScope>();

/** Does the work within a scope; whatever it awaits belongs to it. */
export function withinScope<T>(scope: WorkScope, work: () => T): T {
  return scopes.run(scope, work);
}

/** The scope of the work that is being done; undefined outside of activities. */
export function currentScope(): WorkScope | undefined {
  return scopes.getStore();
}
