import type { EventGridEvent, InvocationContext } from '@azure/functions';
import type { StorageQueueDurableClientHandler } from 'durable-functions';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { eventHandler } from './event-handler';

/**
 * The handler of the queue that Event Grid puts the events of a private app into. One message is one event, of whichever
 * subscription; it starts every pipeline whose trigger means the blob. A message that comes twice starts nothing twice.
 */
export function eventQueueHandler(services: TriggerServices): StorageQueueDurableClientHandler {
  return async (message: unknown, client: Orchestrations, context: InvocationContext) => {
    // The host hands JSON over as an object; what is none is passed over by the handler, with a warning.
    const event = message as EventGridEvent;
    for (const [pipeline, { trigger }] of Object.entries(services.project.load().partial.pipelines)) {
      const paths = [trigger?.event?.path, trigger?.blob?.path].filter((path) => path !== undefined);
      for (const path of paths) await eventHandler(services, pipeline, path)(event, client as never, context);
    }
  };
}
