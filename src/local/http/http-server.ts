import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortInUseError } from '../services/port-in-use-error';
import type { HttpAnswer } from './http-answer';
import type { HttpCall } from './http-function';
import { readBody } from './read-body';

/** Answers a request; what it throws becomes 500. */
export type HttpHandler = (call: HttpCall) => Promise<HttpAnswer>;

/** A listening server. */
export interface HttpServer {
  readonly port: number;
  /** Takes the place of the first handler, which answers 503. */
  handle(handler: HttpHandler): void;
  /** Takes no more requests and ends when those under way are answered, or after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Where to listen and how much to take. */
export interface HttpServerOptions {
  /** TCP port on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Bytes; a larger request body is answered with 413. */
  readonly bodyLimit: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Listens on 127.0.0.1 at once, so that a port in use shows before anything else is started; until there is a handler,
 * the answer is 503.
 * @throws {PortInUseError}
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  let handler: HttpHandler = () => Promise.resolve({ status: 503, headers: { 'retry-after': '1' } });
  const server = createServer((request, response) => {
    void answer(request, options.bodyLimit, (call) => handler(call))
      .then((result) => write(response, result, request.method))
      .catch((error: unknown) => {
        // A client that went away is nobody's error, and nobody is there to be told.
        if (request.destroyed && !request.complete) return;
        options.onError(error);
        fail(response);
      });
  });
  // A client may take its time to send a large body; nobody else is to be protected from it here.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new PortInUseError('the Functions host', options.port, '--port <port>') : error,
      );
    });
    server.listen({ port: options.port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  let stopped: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    handle(next) {
      handler = next;
    },
    stop: (graceMs) => (stopped ??= close(server, graceMs)),
  };
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

async function answer(request: IncomingMessage, limit: number, handler: HttpHandler): Promise<HttpAnswer> {
  const body = await readBody(request, limit);
  if (body === undefined) return { status: 413 };
  const target = request.url ?? '/';
  const url = `http://${request.headers.host ?? '127.0.0.1'}${target}`;
  const [path = '/', ...query] = target.split('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return handler({
    method: request.method ?? 'GET',
    url,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body,
  });
}

/** Drops what a failed attempt to answer has set. */
function fail(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.statusCode = 500;
  response.end();
}

function write(response: ServerResponse, { status, headers, body = '' }: HttpAnswer, method: string | undefined): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers ?? {})) {
    // Framing is this server's: what a function says of it need not be true of what is sent.
    if (/^(content-length|transfer-encoding|connection|keep-alive)$/i.test(name)) continue;
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // These have no body whatever the function says: https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  if (!bodiless) response.setHeader('content-length', bytes.length);
  response.end(bodiless ? undefined : bytes);
}
