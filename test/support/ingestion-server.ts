import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { selfSignedCertificate } from './self-signed-certificate';

/** An item of telemetry as Application Insights takes it. */
export interface Envelope {
  readonly name: string;
  readonly time: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: BaseData };
}
interface BaseData {
  readonly id?: string;
  readonly name?: string;
  readonly message?: string;
  readonly severityLevel?: string;
  readonly success?: boolean;
  readonly duration?: string;
  readonly type?: string;
  readonly target?: string;
  readonly data?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly metrics?: readonly { readonly name: string; readonly value: number; readonly count?: number }[];
  readonly exceptions?: readonly { readonly typeName: string; readonly message: string }[];
}

/** What the server does with what it is sent: takes it, answers with a status, or never answers. */
export type Manners = 'takes' | number | 'hangs';

/** A server that the real SDK sends to: `POST /v2.1/track` over TLS. */
export interface IngestionServer {
  /** Environment of a process that is to send to it. */
  readonly env: Readonly<Record<string, string>>;
  /** What it took, in the order in which it came. */
  readonly envelopes: readonly Envelope[];
  /** Requests so far, whatever became of them. */
  requests(): number;
  behave(manners: Manners): void;
  /** Waits until what it took fits. */
  until(fits: (envelopes: readonly Envelope[]) => boolean, what: string): Promise<void>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 60_000;

export async function startIngestionServer(): Promise<IngestionServer> {
  const { certificate, key } = selfSignedCertificate();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-ingestion-'));
  const authority = path.join(folder, 'authority.pem');
  await writeFile(authority, certificate);
  const envelopes: Envelope[] = [];
  let manners: Manners = 'takes';
  let requests = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      if (manners === 'hangs') return;
      if (!request.url?.startsWith('/v2.1/track')) return answer(response, 404, {});
      if (manners !== 'takes') return answer(response, manners, { itemsReceived: 0, itemsAccepted: 0, errors: [] });
      const body = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
      const items = JSON.parse(text) as Envelope[];
      envelopes.push(...items);
      answer(response, 200, { itemsReceived: items.length, itemsAccepted: items.length, errors: [] });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:${port}/`,
      NODE_EXTRA_CA_CERTS: authority,
      // What the SDK says of itself goes to the vendor's own servers.
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true',
      SLUICE_TEMP_FOLDER: path.join(folder, 'temporary'),
      // Tests do not wait for a minute.
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '500',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_BLRP_SCHEDULE_DELAY: '100',
    },
    envelopes,
    requests: () => requests,
    behave(next) {
      manners = next;
    },
    async until(fits, what) {
      for (const deadline = Date.now() + PATIENCE_MS; !fits(envelopes); await sleep(50)) {
        if (Date.now() > deadline) throw new Error(`${what} did not come; what came: ${summary(envelopes)}`);
      }
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function summary(envelopes: readonly Envelope[]): string {
  const names = envelopes.map(
    ({ data: { baseData, baseType } }) =>
      `${baseType} ${baseData.name ?? baseData.message ?? baseData.metrics?.[0]?.name}`,
  );
  return [...new Set(names)].join(', ');
}
