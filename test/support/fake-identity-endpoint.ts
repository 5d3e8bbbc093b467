import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The endpoint of managed identities that App Service gives to an app. */
export interface FakeIdentityEndpoint {
  /** `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly env: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /** Queries of the requests that it took. */
  readonly asked: URLSearchParams[];
  /** Client ids of identities that are assigned; all by default. */
  knows: (clientId: string | null) => boolean;
  /** Answers with this status in place of a token; null stops that. */
  fail(status: number | null): void;
  stop(): Promise<void>;
}

/** Starts one. Tokens are `token-<number>-for-<resource>` and last for a day. https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
export async function startFakeIdentityEndpoint(): Promise<FakeIdentityEndpoint> {
  const asked: URLSearchParams[] = [];
  const header = 'identity-header-of-the-test';
  let failure: number | null = null;
  let tokens = 0;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://endpoint');
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers['x-identity-header'] !== header) return answer(403, { error: 'Forbidden' });
    asked.push(searchParams);
    if (failure !== null) return answer(failure, { statusCode: failure, message: 'The endpoint fails.' });
    const clientId = searchParams.get('client_id');
    if (!endpoint.knows(clientId))
      return answer(400, {
        statusCode: 400,
        message: 'No User Assigned or Delegated Managed Identity found for specified ClientId',
      });
    tokens += 1;
    return answer(200, {
      access_token: `token-${tokens}-for-${searchParams.get('resource')}`,
      expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
      resource: searchParams.get('resource'),
      token_type: 'Bearer',
      client_id: clientId ?? 'system',
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint: FakeIdentityEndpoint = {
    env: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`,
      IDENTITY_HEADER: header,
    },
    asked,
    knows: () => true,
    fail: (status) => {
      failure = status;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return endpoint;
}
