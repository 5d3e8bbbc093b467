import type { EventGridEvent, InvocationContext } from '@azure/functions';
import type { StorageQueueDurableClientHandler } from 'durable-functions';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { eventHandler } from './event-handler';

/**
 * The handler of the queue that Event Grid puts the events of a private app into, of whichever subscription. An event starts
 * every pipeline whose trigger means the blob; a message that comes twice starts nothing twice.
 */
export function eventQueueHandler(services: TriggerServices): StorageQueueDurableClientHandler {
  return async (message: unknown, client: Orchestrations, context: InvocationContext) => {
    const events = readEvents(message);
    if (events === undefined) {
      services.log.warn('event-not-understood', { reason: 'the message is neither JSON nor JSON in Base64' });
      return;
    }
    const triggers = Object.entries(services.project.load().partial.pipelines).flatMap(([pipeline, { trigger }]) =>
      [trigger?.event?.path, trigger?.blob?.path].flatMap((path) => (path === undefined ? [] : [{ pipeline, path }])),
    );
    for (const event of events) {
      for (const { pipeline, path } of triggers) {
        await eventHandler(services, pipeline, path)(event, client as never, context);
      }
    }
  };
}

/**
 * Event Grid has sent messages as plain text and, later, in Base64; so host.json says `messageEncoding: none`, and both are
 * read: https://learn.microsoft.com/azure/event-grid/handler-storage-queues
 */
function readEvents(message: unknown): readonly EventGridEvent[] | undefined {
  // The worker has parsed what was plain JSON.
  const content = typeof message === 'string' ? parse(Buffer.from(message, 'base64').toString('utf8')) : message;
  if (typeof content !== 'object' || content === null) return undefined;
  return (Array.isArray(content) ? content : [content]) as EventGridEvent[];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
