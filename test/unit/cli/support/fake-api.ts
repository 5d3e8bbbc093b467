import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when there was none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  /** No body without it. */
  readonly json?: unknown;
}

/** An API for the tests of one file, which answers as it is told to. Gives its address, once the tests have begun. */
export function useFakeApi(answer: (asked: Asked) => Answer): () => string {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        const body: unknown = text === '' ? undefined : JSON.parse(text);
        const { method = '', url = '', headers } = request;
        const { status = 200, json } = answer({ method, url, headers, body });
        response.writeHead(status).end(json === undefined ? undefined : JSON.stringify(json));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });
  return () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}
