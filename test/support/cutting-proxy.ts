import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy that does what it is asked for and sometimes does not say so. */
export interface CuttingProxy {
  readonly port: number;
  /** Answers that were swallowed. */
  cuts(): number;
  close(): void;
}

/** Passes requests on to a server of this machine; swallows the answer of each that `cut` picks, and closes the connection. */
export async function cuttingProxy(endpoint: string, cut: (request: string) => boolean): Promise<CuttingProxy> {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let silent = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (!cut(bytes.toString('latin1'))) return;
      cuts += 1;
      silent = true;
    });
    upstream.on('data', (bytes) => {
      // The server has done what it was asked for, and nobody hears of it.
      if (silent) client.destroy();
      else client.write(bytes);
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
