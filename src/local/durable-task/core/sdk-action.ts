/** Action types of the SDK's answer. */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

/** Retry options as the SDK writes them; milliseconds. */
export interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
}

/** What `callHttp` asks for. */
export interface HttpRequest {
  readonly method: string;
  readonly uri: string;
  readonly content?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly asynchronousPatternEnabled?: boolean;
}

/** One action of the SDK's answer; which members it has depends on the type. */
export interface SdkAction {
  readonly actionType: number;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly instanceId?: string;
  readonly version?: string;
  readonly retryOptions?: RetryOptions;
  readonly fireAt?: string;
  readonly isCanceled?: boolean;
  readonly operation?: string;
  readonly httpRequest?: HttpRequest;
  readonly lockSet?: readonly { readonly name: string; readonly key: string }[];
  readonly compoundActions?: readonly SdkAction[];
}

/** The SDK's answer to one episode. */
export interface SdkState {
  readonly isDone?: boolean;
  /** One list in a list: every action since the beginning. */
  readonly actions?: readonly (readonly SdkAction[])[];
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
}

/** The plain actions inside `Task.all` and `Task.any`, in the order in which the SDK numbers them. */
export function flattenActions(actions: readonly SdkAction[]): SdkAction[] {
  return actions.flatMap((action) =>
    action.compoundActions === undefined ? [action] : flattenActions(action.compoundActions),
  );
}
