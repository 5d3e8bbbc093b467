import { Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import type { HttpConnection } from '../../../config/schema/connection';
import { secretReferenceOf } from '../../../model/secret-reference';
import type { SecretResolver } from '../../../platform/secrets/create-secret-resolver';

/** The part of `fetch` that reading needs. */
export type Fetch = (
  address: URL,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

type Secrets = Pick<SecretResolver, 'get' | 'renewed' | 'clientCertificate' | 'trustedCertificates'>;

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * GET requests that show the certificate of a connection and trust its authority, for which `fetch` has no place. Certificates are
 * looked up for each request, so that a rotated one is shown by the next, and are fetched anew once when a handshake fails. Null for a
 * connection that names none.
 */
export function certifiedFetch(config: HttpConnection, secrets: Secrets): Fetch | null {
  const client = nameIn(config.clientCertificate);
  const root = nameIn(config.rootCertificate);
  const names = [client, root].filter((name) => name !== null);
  if (names.length === 0) return null;
  let current: { readonly agent: Agent; readonly values: readonly string[] } | null = null;
  const agentOf = async (): Promise<Agent> => {
    const values = await Promise.all(names.map((name) => secrets.get(name)));
    if (current !== null && values.every((value, index) => value === current?.values[index])) return current.agent;
    const agent = new Agent({
      keepAlive: true,
      ...(client !== null && (await secrets.clientCertificate(client))),
      ...(root !== null && { ca: await secrets.trustedCertificates(root) }),
    });
    current?.agent.destroy();
    current = { agent, values };
    return agent;
  };
  return async (address, init) => {
    const agent = await agentOf();
    const shown = current?.values ?? [];
    try {
      return await send(address, init, agent);
    } catch (error) {
      if (!isHandshakeFault(error)) throw error;
      const renewed = await Promise.all(names.map((name, index) => secrets.renewed(name, shown[index] ?? '')));
      if (renewed.every((value) => value === null)) throw error;
      return send(address, init, await agentOf());
    }
  };
}

function send(address: URL, { headers, signal }: Parameters<Fetch>[1], agent: Agent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asked = request(
      address,
      { agent, signal, headers: { ...headers, 'accept-encoding': 'identity' } },
      (answer) => {
        const received = new Headers();
        for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) {
          received.append(answer.rawHeaders[index] ?? '', answer.rawHeaders[index + 1] ?? '');
        }
        const status = answer.statusCode ?? 502;
        // The types of Node.js and of the web disagree about what a body is.
        const body = WITHOUT_BODY.has(status)
          ? null
          : (Readable.toWeb(answer) as unknown as ReadableStream<Uint8Array>);
        resolve(new Response(body, { status, headers: received }));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** Whether one side did not like the certificate of the other. A server of TLS 1.3 may say so by hanging up. */
function isHandshakeFault(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return /CERT|ERR_TLS|ERR_SSL|EPROTO|ECONNRESET/.test(String(code)) || /certificate|alert/i.test(String(message));
}

/** The schema lets nothing but a reference through. */
function nameIn(reference: string | undefined): string | null {
  return reference === undefined ? null : (secretReferenceOf(reference)?.name ?? null);
}
