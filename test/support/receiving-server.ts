import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { testAuthority } from './tls/certificates';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test looks into what it was sent
  readonly json: any;
}

/** What the server answers; nothing: it never does. */
export interface Answering {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** A server that takes messages and answers as a test says. */
export interface ReceivingServer {
  readonly url: string;
  /** The authority that its certificate is from, PEM. */
  readonly ca: string;
  readonly received: Received[];
  /** Gives the answer to a request; null: none, ever; `cut`: the connection ends. */
  answer: (request: Received) => Answering | null | 'cut';
  stop(): Promise<void>;
}

/** Starts one on a free port of this machine; with TLS unless `plain`. */
export async function receivingServer({ plain = false } = {}): Promise<ReceivingServer> {
  const authority = testAuthority();
  const { cert, key } = authority.issue({ names: ['localhost', '127.0.0.1'] });
  const received: Received[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const one: Received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        text,
        json: text.startsWith('{') ? JSON.parse(text) : undefined,
      };
      received.push(one);
      const answer = server.answer(one);
      if (answer === 'cut') request.socket.destroy();
      if (answer === null || answer === 'cut') return;
      const { status = 200, headers = {}, json } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(json === undefined ? '' : JSON.stringify(json));
    });
  };
  const listener = plain ? http.createServer(handle) : https.createServer({ cert, key }, handle);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const server: ReceivingServer = {
    url: `${plain ? 'http://127.0.0.1' : 'https://localhost'}:${port}`,
    ca: authority.cert,
    received,
    answer: () => ({}),
    stop: async () => {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
  return server;
}
