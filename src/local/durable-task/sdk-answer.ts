import type { InvocationOutcome } from '../worker/function-app';
import type { RpcTypedData } from '../worker/rpc';

/** `retryOptions` of an action, as the SDK writes them; times in milliseconds. */
export interface RetryOptions {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient?: number;
  maxRetryIntervalInMilliseconds?: number;
  retryTimeoutInMilliseconds?: number;
}

/** `httpRequest` of an HTTP action. */
export interface HttpRequest {
  method: string;
  uri: string;
  content?: unknown;
  headers?: Record<string, string>;
  asynchronousPatternEnabled?: boolean;
}

/** Numbers of `actionType`. */
export const ACTION = {
  activity: 0,
  activityWithRetry: 1,
  child: 2,
  childWithRetry: 3,
  continueAsNew: 4,
  timer: 5,
  waitForEvent: 6,
  callEntity: 7,
  http: 8,
  signalEntity: 9,
  any: 11,
  all: 12,
  lock: 13,
  release: 14,
} as const;

/** One action of an orchestrator; which members it has depends on `actionType`. */
export interface Action {
  actionType: number;
  functionName?: string;
  input?: unknown;
  instanceId?: string;
  version?: string;
  retryOptions?: RetryOptions;
  fireAt?: string;
  isCanceled?: boolean;
  operation?: string;
  httpRequest?: HttpRequest;
  lockSet?: { name: string; key: string }[];
  compoundActions?: Action[];
}

/** What the orchestrator has done since its beginning. */
export interface OrchestratorState {
  isDone: boolean;
  /** Flat: the members of `Task.all` and `Task.any` in their places. */
  actions: Action[];
  /** JSON text. */
  output: string;
  /** Message of the error that the orchestrator ended with. */
  error: string | undefined;
  customStatus: unknown;
}

/** What stands between the message and the state in the error of a failed orchestration. */
const OUT_OF_PROC = '$OutOfProcData$:';

/** Reads the SDK's answer to an episode; a failure carries the state in its message. */
export function readOrchestratorState(outcome: InvocationOutcome): OrchestratorState {
  if (outcome.ok) return stateOf(JSON.parse(jsonOf(outcome.returnValue)) as RawState, undefined);
  const at = outcome.error.message.indexOf(OUT_OF_PROC);
  if (at < 0) return stateOf({}, outcome.error.message);
  const raw = JSON.parse(outcome.error.message.slice(at + OUT_OF_PROC.length)) as RawState;
  return stateOf(raw, raw.error ?? 'failed');
}

interface RawState {
  isDone?: boolean;
  actions?: Action[][];
  output?: unknown;
  error?: string;
  customStatus?: unknown;
}

function stateOf(raw: RawState, error: string | undefined): OrchestratorState {
  return {
    isDone: raw.isDone === true,
    actions: flatten(raw.actions?.[0] ?? []),
    output: raw.output === undefined ? 'null' : JSON.stringify(raw.output),
    error,
    customStatus: raw.customStatus ?? null,
  };
}

function flatten(actions: readonly Action[]): Action[] {
  return actions.flatMap((action) =>
    action.compoundActions === undefined ? [action] : flatten(action.compoundActions),
  );
}

/** A function's return value as JSON text; bytes become base64, numbers that JSON lacks become text. */
export function jsonOf(value: RpcTypedData | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (value.json !== undefined) return value.json;
  if (value.string !== undefined) return JSON.stringify(value.string);
  if (value.int !== undefined) return JSON.stringify(value.int);
  if (value.double !== undefined) {
    return JSON.stringify(Number.isFinite(value.double) ? value.double : String(value.double));
  }
  if (value.bytes !== undefined) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return 'null';
}
