import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { testAuthority } from './certificates';

/** One version of a secret. */
export interface FakeSecret {
  readonly value: string;
  readonly contentType?: string;
  /** Seconds since 1970, as the vault writes times. */
  readonly exp?: number;
  readonly enabled?: boolean;
}

/** An answer in place of the vault's own. */
export interface FakeFault {
  readonly status: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeVaultOptions {
  /** The name of the vault. */
  readonly name?: string;
  /** What the challenge asks a token for. */
  readonly resource?: string;
  /** Whether a token is taken; every one by default. */
  accepts?(token: string): boolean;
}

/** A key vault of a test's own. */
export interface FakeVault {
  /** `https://<name>.vault.azure.net`: reached through the proxy below. */
  readonly uri: string;
  /** The authority of its certificate, PEM. */
  readonly authority: string;
  /** Takes CONNECT requests to the vault, as a company's proxy would. */
  readonly proxy: { readonly host: string; readonly port: number };
  /** Adds a version, which is the newest from now on. */
  put(name: string, secret: string | FakeSecret): void;
  /** Removes all versions. */
  remove(name: string): void;
  /** Answers requests for secrets with this, all or so many; null stops that. A challenge comes first, as at the vault. */
  fail(fault: FakeFault | null, times?: number): void;
  /** Requests that carried a token, such as `GET /secrets/pw`. */
  readonly asked: readonly string[];
  /** Requests that were challenged for a token. */
  readonly challenged: number;
  stop(): Promise<void>;
}

/**
 * Behaves like Key Vault on the wire, for the real client: TLS, the challenge of a request without a token, versions, attributes, and the
 * vault's errors. The client connects to the vault's real name through a proxy, so that nothing in it has to be switched off.
 */
export async function startFakeVault(options: FakeVaultOptions = {}): Promise<FakeVault> {
  const { name = 'sluice-test', resource = 'https://vault.azure.net', accepts = () => true } = options;
  const host = `${name}.vault.azure.net`;
  const authority = testAuthority();
  const secrets = new Map<string, FakeSecret[]>();
  const asked: string[] = [];
  let challenged = 0;
  let fault: FakeFault | null = null;
  let faults = 0;

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', `https://${host}`);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !accepts(token)) {
      challenged += 1;
      const challenge = `Bearer authorization="https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47", resource="${resource}"`;
      answer(response, 401, errorBody('Unauthorized', 'AKV10000'), { 'www-authenticate': challenge });
      return;
    }
    asked.push(`${request.method} ${url.pathname}`);
    if (fault !== null && faults > 0) {
      faults -= 1;
      answer(response, fault.status, errorBody('Fault', fault.code), fault.headers);
      return;
    }
    const [, , secret = '', version = ''] = url.pathname.split('/');
    const versions = secrets.get(secret) ?? [];
    const index = version === '' ? versions.length - 1 : versions.findIndex((_, at) => idOf(at) === version);
    const found = versions[index];
    if (request.method !== 'GET' || !url.pathname.startsWith('/secrets/') || found === undefined) {
      answer(response, 404, errorBody('SecretNotFound'));
    } else if (found.enabled === false) {
      answer(response, 403, errorBody('Forbidden', 'SecretDisabled'));
    } else {
      const { value, contentType, exp } = found;
      const attributes = { enabled: true, created: 1, updated: 1, recoveryLevel: 'Purgeable', exp };
      answer(response, 200, { value, contentType, id: `https://${host}/secrets/${secret}/${idOf(index)}`, attributes });
    }
  };
  const server = createServer(authority.issue({ names: [host] }), handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = createHttpServer((_, response) => void response.writeHead(405).end());
  const tunnels = new Set<Socket>();
  proxy.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.url !== `${host}:443`) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const tunnel = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      tunnel.write(head);
      tunnel.pipe(socket).pipe(tunnel);
    });
    for (const end of [socket, tunnel]) {
      tunnels.add(end);
      end.on('error', () => end.destroy()).on('close', () => tunnels.delete(end));
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    uri: `https://${host}`,
    authority: authority.cert,
    proxy: { host: 'http://127.0.0.1', port: (proxy.address() as AddressInfo).port },
    put: (secret, given) => {
      const version = typeof given === 'string' ? { value: given } : given;
      secrets.set(secret, [...(secrets.get(secret) ?? []), version]);
    },
    remove: (secret) => void secrets.delete(secret),
    fail: (next, times = Infinity) => {
      fault = next;
      faults = times;
    },
    asked,
    get challenged() {
      return challenged;
    },
    stop: async () => {
      for (const tunnel of tunnels) tunnel.destroy();
      await Promise.all([closed(server), closed(proxy)]);
    },
  };
}

const idOf = (index: number): string => String(index + 1).padStart(32, '0');

function errorBody(code: string, inner?: string) {
  return {
    error: { code, message: `The vault says ${code}.`, ...(inner !== undefined && { innererror: { code: inner } }) },
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
) {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}

async function closed(server: { close(done: () => void): unknown; closeAllConnections(): void }): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(done));
}
