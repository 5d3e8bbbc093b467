import type { EntityContext, OrchestrationContext } from 'durable-functions';

/** What the SDK's own orchestration handler takes and gives: the classic out-of-process protocol. */
export type OrchestrationHandler = (trigger: object, context: object) => Promise<OrchestratorState>;
export interface OrchestratorState {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
}
export interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly instanceId?: string;
  readonly version?: string;
  readonly operation?: string;
  readonly input?: unknown;
  readonly fireAt?: Date;
  readonly compoundActions?: readonly Action[];
}
export type EntityHandler = (trigger: object, context: object) => Promise<EntityAnswer>;
export interface EntityAnswer {
  readonly entityExists: boolean;
  readonly entityState?: string;
  readonly results: readonly { readonly isError: boolean; readonly result?: string }[];
}

interface TestingUtils {
  createOrchestrator(generator: (context: OrchestrationContext) => Generator): OrchestrationHandler;
  createEntityFunction(handler: (context: EntityContext<unknown>) => void): EntityHandler;
}

// The SDK keeps the makers of its handlers in a module that its index does not export.
const utils = require('durable-functions/lib/src/util/testingUtils') as TestingUtils;
export const { createOrchestrator, createEntityFunction } = utils;

export const ACTION = {
  activity: 0,
  child: 2,
  continueAsNew: 4,
  timer: 5,
  awaitEvent: 6,
  callEntity: 7,
  signalEntity: 9,
  any: 11,
  all: 12,
} as const;
export const EVENT = {
  executionStarted: 0,
  executionCompleted: 1,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  childCreated: 7,
  childCompleted: 8,
  childFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
} as const;

export interface HistoryEvent {
  readonly EventType: number;
  readonly EventId: number;
  readonly Timestamp: Date;
  IsPlayed: boolean;
  readonly [field: string]: unknown;
}

/** Actions in the order of their event ids: compound ones taken apart. */
export function flatten(actions: readonly Action[]): Action[] {
  return actions.flatMap((action) => (action.compoundActions ? flatten(action.compoundActions) : [action]));
}

/** One episode's trigger, as the extension sends it. */
export function triggerOf(
  instanceId: string,
  input: unknown,
  history: readonly HistoryEvent[],
  parent?: string,
): object {
  return {
    history,
    input,
    instanceId,
    isReplaying: false,
    parentInstanceId: parent,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    maximumShortTimerDuration: '6.00:00:00',
    longRunningTimerIntervalDuration: '3.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
  };
}
