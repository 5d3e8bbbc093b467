import type { DurableClient } from 'durable-functions';

/** What monitoring asks the durable client. */
export type WatchingClient = Pick<
  DurableClient,
  'startNew' | 'getStatus' | 'raiseEvent' | 'readEntityState' | 'signalEntity'
>;
