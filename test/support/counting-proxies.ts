import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

/** A request as it went over the wire. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Passes requests on to a server, and keeps what it saw. */
export async function countingHttpProxy(target: string) {
  const seen: SeenRequest[] = [];
  const { hostname, port } = new URL(target);
  const server = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    let [sentBytes, receivedBytes] = [0, 0];
    const onward = http.request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => (receivedBytes += chunk.length));
      answer.on('end', () => seen.push({ method, url: new URL(url, target), sentBytes, receivedBytes }));
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.on('data', (chunk: Buffer) => (sentBytes += chunk.length));
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Passes connections on to a server, and counts their bytes. */
export async function countingTcpProxy(target: { readonly host: string; readonly port: number }) {
  const counted = { connections: 0, sentBytes: 0, receivedBytes: 0 };
  const server = net.createServer((client) => {
    counted.connections += 1;
    const onward = net.connect(target);
    client.on('data', (chunk) => (counted.sentBytes += chunk.length));
    onward.on('data', (chunk) => (counted.receivedBytes += chunk.length));
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, counted, stop: () => server.close() };
}
