import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What happens to traffic with PostgreSQL; each rule ends by itself after `times`. */
export type PostgresFault =
  /** Nobody listens, as while the server restarts. */
  | { readonly kind: 'down' }
  /** The connection breaks when the client sends something that holds this text. */
  | { readonly kind: 'cut-before'; readonly sql: string }
  /** The server does what it was sent, and its answer is lost with the connection. */
  | { readonly kind: 'lose-answer'; readonly sql: string }
  /** The server answers so, as it does when it is in that state; instead of taking the connection when `sql` is null. */
  | { readonly kind: 'error'; readonly sqlState: string; readonly message: string; readonly sql: string | null }
  /** Each packet to the client waits so long. */
  | { readonly kind: 'slow'; readonly delayMs: number };

/** A proxy before PostgreSQL that misbehaves on demand. */
export interface PostgresProxy {
  readonly port: number;
  /** Plants a fault for so many times; another one takes its place. */
  plant(fault: PostgresFault, times: number): void;
  heal(): void;
  /** How often the planted fault has happened. */
  happened(): number;
  /** Connections that are open right now. */
  open(): number;
  close(): Promise<void>;
}

/** Starts a proxy on 127.0.0.1 before a server of the same address. */
export async function startPostgresProxy(target: number): Promise<PostgresProxy> {
  let fault: PostgresFault | null = null;
  let left = 0;
  let happened = 0;
  const sockets = new Set<Socket>();
  const strikes = (kind: PostgresFault['kind']): boolean => fault?.kind === kind && left > 0;
  const strike = (): void => {
    left -= 1;
    happened += 1;
  };
  const server = createServer((client) => {
    if (strikes('down')) {
      strike();
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let losing = false;
    client.on('data', (data) => {
      const text = data.toString('latin1');
      if (fault?.kind === 'error' && left > 0 && (fault.sql === null || text.includes(fault.sql))) {
        const { sql, sqlState, message } = fault;
        strike();
        client.write(errorResponse(sqlState, message));
        if (sql === null || sqlState.startsWith('57P')) client.end();
        else client.write(Buffer.from([0x5a, 0, 0, 0, 5, 0x45]));
        return;
      }
      if (fault?.kind === 'cut-before' && left > 0 && text.includes(fault.sql)) {
        strike();
        client.resetAndDestroy();
        return;
      }
      if (fault?.kind === 'lose-answer' && left > 0 && text.includes(fault.sql)) {
        strike();
        losing = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (losing) client.resetAndDestroy();
      else if (fault?.kind === 'slow' && left > 0) {
        happened += 1;
        setTimeout(() => client.write(data), fault.delayMs);
      } else client.write(data);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    plant: (next, times) => {
      [fault, left, happened] = [next, times, 0];
    },
    heal: () => {
      [fault, left] = [null, 0];
    },
    happened: () => happened,
    open: () => sockets.size / 2,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function errorResponse(sqlState: string, message: string): Buffer {
  const fields = [`SERROR`, `VERROR`, `C${sqlState}`, `M${message}`].map((field) => `${field}\0`).join('');
  const body = Buffer.from(`${fields}\0`, 'latin1');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
