import type { FunctionRunner } from '../host/run-function';
import type { RpcHttpData, RpcTypedData } from '../worker/rpc';
import type { HttpAnswer } from './http-answer';
import type { RouteParams } from './route-template';
import { setCookie } from './set-cookie';

/** https://www.w3.org/TR/trace-context/#traceparent-header; this host records no spans, so it hands on what it was given. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** An HTTP request, read whole. */
export interface HttpCall {
  readonly method: string;
  /** Scheme, host and the target as it was sent. */
  readonly url: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Runs an HTTP function and turns what it gives into an answer: nothing is 204, an error is 500 with an empty body.
 */
export async function runHttpFunction(
  run: FunctionRunner,
  functionName: string,
  call: HttpCall,
  params: RouteParams,
): Promise<HttpAnswer> {
  const outcome = await run(functionName, {
    reason: 'This function was programmatically called via the host APIs.',
    triggerData: { http: toRpc(call, params) },
    ...(TRACEPARENT.test(call.headers['traceparent'] ?? '') && { traceParent: call.headers['traceparent'] }),
  });
  if (!outcome.ok) return { status: 500 };
  const http = [outcome.returnValue, ...Object.values(outcome.outputs)].find(
    (value) => value?.http !== undefined,
  )?.http;
  return http === undefined ? { status: 204 } : toAnswer(http);
}

function toRpc({ method, url, headers, query, body }: HttpCall, params: RouteParams): RpcHttpData {
  const joined: Record<string, string> = {};
  for (const name of new Set(query.keys())) joined[name] = query.getAll(name).join(',');
  return { method, url, headers, params, query: joined, ...(body.length > 0 && { body: { bytes: body } }) };
}

function toAnswer({ statusCode, headers, cookies, body }: RpcHttpData): HttpAnswer {
  return {
    status: Number(statusCode ?? 200),
    headers: {
      ...headers,
      ...(cookies !== undefined && cookies.length > 0 && { 'set-cookie': cookies.map(setCookie) }),
    },
    body: bytesOf(body),
  };
}

function bytesOf(body: RpcTypedData | null | undefined): Uint8Array {
  return body?.bytes ?? Buffer.from(body?.string ?? body?.json ?? '');
}
