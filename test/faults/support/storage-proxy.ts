import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to requests to the storage account. */
export type StorageFault =
  /** Answered so, and never done. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Done, and the answer is lost with the connection. */
  | { readonly kind: 'lose-answer' }
  /** Half of the body arrives, then the connection breaks. */
  | { readonly kind: 'half-answer' }
  /** The answer comes after so long. */
  | { readonly kind: 'slow'; readonly delayMs: number };

/** Which requests; all of them where nothing is said. */
export interface Concerned {
  readonly method?: string;
  /** Part of the path. */
  readonly path?: string;
}

/** A proxy before the blobs and tables of an account that misbehaves on demand. */
export interface StorageProxy {
  /** The account's connection string, by way of the proxy. */
  readonly connectionString: string;
  plant(fault: StorageFault, times: number, concerned?: Concerned): void;
  heal(): void;
  happened(): number;
  close(): Promise<void>;
}

/** Starts proxies on 127.0.0.1 before the endpoints that a connection string names. */
export async function startStorageProxy(connectionString: string): Promise<StorageProxy> {
  let planted: { readonly fault: StorageFault; readonly concerned: Concerned } | null = null;
  let left = 0;
  let happened = 0;
  const strikes = (incoming: IncomingMessage): StorageFault | null => {
    if (planted === null || left === 0) return null;
    const { method, path } = planted.concerned;
    if (method !== undefined && incoming.method !== method) return null;
    if (path !== undefined && !(incoming.url ?? '').includes(path)) return null;
    left -= 1;
    happened += 1;
    return planted.fault;
  };
  const handle = (port: string) => (incoming: IncomingMessage, response: ServerResponse) => {
    const fault = strikes(incoming);
    if (fault?.kind === 'status') {
      incoming.resume();
      const wait = fault.retryAfterSeconds;
      response.writeHead(fault.status, { ...(wait !== undefined && { 'retry-after': String(wait) }) }).end();
      return;
    }
    const onward = request(
      { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        if (fault?.kind === 'lose-answer') {
          answer.resume().on('end', () => response.destroy());
          return;
        }
        const pass = (): void => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          if (fault?.kind !== 'half-answer') {
            answer.pipe(response);
            return;
          }
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const body = Buffer.concat(chunks);
            response.write(body.subarray(0, body.length / 2), () => response.destroy());
          });
        };
        if (fault?.kind === 'slow') setTimeout(pass, fault.delayMs);
        else pass();
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  };
  const servers = new Map<string, ReturnType<typeof createServer>>();
  let text = connectionString;
  for (const [, port = ''] of connectionString.matchAll(/(?:Blob|Table)Endpoint=http:\/\/127\.0\.0\.1:(\d+)/g)) {
    const server = createServer(handle(port));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    servers.set(port, server);
    text = text.replace(`127.0.0.1:${port}`, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return {
    connectionString: text,
    plant: (fault, times, concerned = {}) => {
      [planted, left, happened] = [{ fault, concerned }, times, 0];
    },
    heal: () => {
      [planted, left] = [null, 0];
    },
    happened: () => happened,
    close: async () => {
      for (const server of servers.values()) {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      }
    },
  };
}
