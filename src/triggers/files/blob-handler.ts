import type { InvocationContext } from '@azure/functions';
import type { StorageBlobDurableClientHandler } from 'durable-functions';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { startForFile } from './start-for-file';

/** The handler of a pipeline's blob trigger. The host hands over the whole blob, of which only the reference is used. */
export function blobHandler(services: TriggerServices, pipeline: string): StorageBlobDurableClientHandler {
  return async (_blob: unknown, client: Orchestrations, { triggerMetadata = {} }: InvocationContext) => {
    const path = triggerMetadata['blobTrigger'];
    const properties = triggerMetadata['properties'] as Readonly<Record<string, unknown>> | undefined;
    const etag = properties?.['eTag'] ?? properties?.['etag'] ?? properties?.['ETag'];
    if (typeof path !== 'string' || typeof etag !== 'string') {
      throw new InvalidRequestError([{ path: '', message: 'the blob trigger did not say which blob it is for' }]);
    }
    await startForFile(services, client, { kind: 'blob', pipeline, path, etag });
  };
}
