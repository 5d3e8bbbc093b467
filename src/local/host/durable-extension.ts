import type { HttpAnswer } from '../http/http-answer';
import type { RpcBindingInfo } from '../worker/rpc';

/** A request to the durable management API, without the part of the path that all have in common. */
export interface ManagementRequest {
  readonly method: string;
  /** Percent-encoded, with a leading slash, e.g. `/instances/abc`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the host asks of the durable engine. */
export interface DurableExtension {
  start(): Promise<void>;
  stop(): Promise<void>;
  handleManagement(request: ManagementRequest): Promise<HttpAnswer>;
  /** Data of a `durableClient` input binding, which `df.getClient` reads. */
  clientBinding(binding: RpcBindingInfo): unknown;
}
