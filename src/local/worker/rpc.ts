/*
 * What the Functions host and its Node.js worker say to each other, as far as the library @azure/functions sees it:
 * https://github.com/Azure/azure-functions-nodejs-library/tree/v4.x/types-core
 */
import type { LogLevel } from '../host/host-log';

/** A value on its way between host and library; one member at most is set. */
export interface RpcTypedData {
  readonly string?: string;
  /** JSON text. */
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: RpcHttpData;
}

/** An HTTP request (on its way in) or an HTTP response (on its way out). */
export interface RpcHttpData {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: RpcTypedData | null;
  readonly statusCode?: string;
  readonly cookies?: readonly RpcHttpCookie[];
  readonly enableContentNegotiation?: boolean;
}

/** A cookie of a response. Absent values are null or an empty nullable. */
export interface RpcHttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value?: string } | null;
  readonly path?: { readonly value?: string } | null;
  /** `seconds` since 1970, or a Date or text as the app gave it. */
  readonly expires?: { readonly value?: { readonly seconds?: number } } | null;
  readonly secure?: { readonly value?: boolean } | null;
  readonly httpOnly?: { readonly value?: boolean } | null;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: { readonly value?: number } | null;
}

/** A trigger, input or output as the app registered it; members depend on the type. */
export interface RpcBindingInfo {
  readonly type: string;
  readonly direction?: 'in' | 'out' | 'inout';
  readonly [member: string]: unknown;
}

/** `retry` of a function, as the library converts it. */
export interface RpcRetryOptions {
  readonly retryStrategy?: 'fixedDelay' | 'exponentialBackoff';
  /** -1 is for ever. */
  readonly maxRetryCount?: number;
  readonly delayInterval?: RpcDuration | null;
  readonly minimumInterval?: RpcDuration | null;
  readonly maximumInterval?: RpcDuration | null;
}

/** Seconds. */
export interface RpcDuration {
  readonly seconds?: number;
}

/** What the library hands over when an app registers a function. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, RpcBindingInfo>>;
  readonly retryOptions?: RpcRetryOptions;
}

/** The handler of a function: trigger input and context. */
export type FunctionCallback = (...args: unknown[]) => unknown;

/** What the worker gives the library for one invocation. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly invocationId: string;
    readonly inputData: readonly { readonly name: string; readonly data: RpcTypedData }[];
    readonly triggerMetadata: Readonly<Record<string, RpcTypedData>>;
    readonly traceContext?: { readonly traceParent: string; readonly traceState: string };
    readonly retryContext?: { readonly retryCount: number; readonly maxRetryCount: number };
  };
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: 'user' | 'system' | 'customMetric', message: string): void;
}

/** The library's side of one invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
}

/** What a function gave back, converted by the library. */
export interface RpcInvocationResponse {
  readonly returnValue?: RpcTypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data: RpcTypedData }[] | null;
}

/** The library's entry for the worker. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
