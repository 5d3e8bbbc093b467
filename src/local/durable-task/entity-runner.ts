import { randomUUID } from 'node:crypto';
import type { FunctionApp } from '../worker/function-app';
import type { AppFunctions } from './app-functions';
import {
  concludeBatch,
  dropRequest,
  entityPayload,
  grantLock,
  nextStep,
  releaseLock,
  type BatchResult,
  type Queued,
} from './entity';
import { parseEntityId } from './entity-messages';
import type { InstanceStore } from './instance-store';
import type { Entity, EntityRecord, Operation } from './model';
import { jsonOf } from './sdk-answer';

/** What the runner needs besides the app. */
export interface EntityRunnerOptions {
  app: FunctionApp;
  functions: AppFunctions;
  store: InstanceStore;
  /** Whether the execution that asks for a lock still runs. */
  isWanted(operation: Operation): boolean;
  /** Acts upon what is on disk. */
  recorded(one: Entity): void;
  failed(error: unknown): void;
}

/** Runs operations: one batch at a time for each entity. */
export class EntityRunner {
  private stopped = false;

  constructor(private readonly options: EntityRunnerOptions) {}

  stop(): void {
    this.stopped = true;
  }

  /** Runs the entity as long as something can be done. */
  wake(one: Entity): void {
    if (one.busy || this.stopped) return;
    const step = nextStep(one);
    if (step === undefined) return;
    one.busy = true;
    const record =
      step.kind === 'run'
        ? this.batch(one, step.operations)
        : Promise.resolve(this.answer(one, step.kind, step.request));
    void record
      .then(async (written) => {
        if (this.stopped) return;
        await this.options.store.writeEntity(one, written);
        this.options.recorded(one);
      })
      .catch((error: unknown) => this.options.failed(error))
      .finally(() => {
        one.busy = false;
        this.wake(one);
      });
  }

  private answer(one: Entity, kind: 'lock' | 'release', request: Queued): EntityRecord {
    if (kind === 'release') return releaseLock(one, request);
    return this.options.isWanted(request.operation) ? grantLock(one, request) : dropRequest(one, request);
  }

  private async batch(one: Entity, operations: readonly Queued[]): Promise<EntityRecord> {
    const name = parseEntityId(one.id)?.name ?? '';
    const registered = this.options.functions.entities.get(name);
    const { exists, state } = one;
    const fail = (message: string): EntityRecord => {
      const results = operations.map(() => ({ isError: true, result: JSON.stringify(message) }));
      return concludeBatch(one, operations, { results, signals: [], exists, state }, randomUUID);
    };
    if (registered === undefined) return fail(`No entity function '${name}' is registered.`);
    const outcome = await this.options.app.invoke(registered.name, {
      triggerData: { json: entityPayload(one, operations) },
      triggerMetadata: {},
    });
    if (!outcome.ok) return fail(outcome.error.message);
    const answer = JSON.parse(jsonOf(outcome.returnValue)) as {
      results: BatchResult['results'];
      signals?: BatchResult['signals'];
      entityExists: boolean;
      entityState?: string;
    };
    const result = {
      results: answer.results,
      signals: answer.signals ?? [],
      exists: answer.entityExists,
      state: answer.entityState ?? null,
    };
    return concludeBatch(one, operations, result, randomUUID);
  }
}
