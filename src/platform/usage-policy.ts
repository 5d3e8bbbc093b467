import type { TableClient } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { BlobClass } from '../model/usage';
import { countStorageRequest } from './usage-meter';

type Pipeline = TableClient['pipeline'];
type Policy = Parameters<Pipeline['addPolicy']>[0];
type Request = Parameters<Policy['sendRequest']>[0];
type Response = Awaited<ReturnType<Policy['sendRequest']>>;

/** Has every request of a client and of those made by it counted, attempts one by one, since each is billed. */
export function countBlobRequests(client: BlobServiceClient): void {
  // One pipeline serves the client and all that it makes. It is public on the client's context, which is not.
  const { storageClientContext } = client as unknown as {
    readonly storageClientContext: { readonly pipeline: Pipeline };
  };
  add(storageClientContext.pipeline, (request) => blobClass(request.method, new URL(request.url)));
}

/** The same for the client of a table. */
export function countTableRequests(client: TableClient): void {
  add(client.pipeline, () => 'table');
}

function add(pipeline: Pipeline, kindOf: (request: Request) => BlobClass | 'table'): void {
  pipeline.addPolicy(
    {
      name: 'sluiceUsagePolicy',
      sendRequest: async (request, next) => {
        const response = await next(request);
        countStorageRequest(kindOf(request), sentBytes(request), receivedBytes(request, response));
        return response;
      },
    },
    { afterPhase: 'Sign' },
  );
}

/** Which class of operations a request is billed as, on a general purpose v2 account. */
export function blobClass(method: string, { searchParams }: URL): BlobClass {
  const operation = searchParams.get('comp');
  const ofContainer = searchParams.get('restype') === 'container';
  if (method === 'DELETE') return 'free';
  if (operation === 'list' || operation === 'blobs') return 'list';
  if (method === 'PUT' && ofContainer && operation === null) return 'list';
  if (method === 'PUT') return WRITES.has(operation) ? 'write' : 'other';
  if (method === 'GET' && !ofContainer && (operation === null || operation === 'blocklist')) return 'read';
  return 'other';
}

/** Null: the content of a blob, or a copy. */
const WRITES: ReadonlySet<string | null> = new Set([
  null,
  'block',
  'blocklist',
  'appendblock',
  'page',
  'snapshot',
  'tier',
]);

function sentBytes({ body, headers }: Request): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return body.byteLength;
  return body === undefined || body === null ? 0 : Number(headers.get('content-length') ?? 0);
}

function receivedBytes({ method }: Request, { headers, bodyAsText }: Response): number {
  if (method === 'HEAD') return 0;
  if (typeof bodyAsText === 'string') return Buffer.byteLength(bodyAsText);
  return Number(headers.get('content-length') ?? 0);
}
