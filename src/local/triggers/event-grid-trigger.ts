import { setTimeout as sleep } from 'node:timers/promises';
import { HostConfigError } from '../host/host-config-error';
import type { LoadedFunction } from '../worker/function-app';
import { openBlobReceipts } from './blob-receipts';
import type { BlobTriggerServices } from './blob-trigger';
import { watchBlobs, type RunningWatch } from './blob-watcher';
import { blobCreatedEvent } from './event-grid-event';

/** The app setting that stands for the Event Grid subscriptions of Azure. */
export const LOCAL_EVENT_GRID = 'SLUICE_LOCAL_EVENT_GRID';

/** Which function is told of new blobs in which container. */
export interface LocalSubscription {
  readonly container: string;
  readonly functionName: string;
}

const RETRY_PAUSE_MS = 500;

/**
 * Parses `container=function[,container=function]`.
 * @throws {HostConfigError} where it is written differently or names a function that is no eventGridTrigger.
 */
export function parseSubscriptions(text: string, functions: readonly LoadedFunction[]): LocalSubscription[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, container, functionName] = /^([a-z0-9-]+)\s*=\s*(\S+)$/.exec(entry) ?? [];
      const fn = functions.find(({ name }) => name === functionName);
      if (container === undefined || fn?.trigger.type.toLowerCase() !== 'eventgridtrigger') {
        throw new HostConfigError(
          `The app setting ${LOCAL_EVENT_GRID} has "${entry}", which is no subscription.`,
          'Write <container>=<function>, where the function has an eventGridTrigger; separate several by commas.',
        );
      }
      return { container, functionName: fn.name };
    });
}

/**
 * Stands in for an Event Grid subscription: sends a function a BlobCreated event for every new version of a blob in a
 * container of the host's storage, found by polling. A failing delivery is tried again, then given up.
 */
export async function startLocalSubscription(
  { container: name, functionName }: LocalSubscription,
  services: BlobTriggerServices,
): Promise<RunningWatch> {
  const storage = services.storage.blobs('');
  const container = storage.getContainerClient(name);
  return watchBlobs({
    container,
    prefix: '',
    functionName,
    receipts: await openBlobReceipts(storage, services.hostId, functionName),
    log: services.log,
    matches: () => true,
    handle: (blob) =>
      services.limit(async () => {
        const triggerData = { json: JSON.stringify(blobCreatedEvent(container, blob)) };
        for (let attempt = 1; attempt <= services.attempts; attempt += 1) {
          if (attempt > 1) await sleep(RETRY_PAUSE_MS);
          const reason = `EventGrid trigger fired: ${name}/${blob.name}`;
          if ((await services.run(functionName, { reason, triggerData })).ok) return true;
        }
        const text = `The event for ${name}/${blob.name} is dropped: '${functionName}' failed ${services.attempts} times.`;
        services.log('error', 'Host.Triggers.EventGrid', text);
        return true;
      }),
  });
}
