import type { DurableClient } from 'durable-functions';

/** What starting a run needs of the durable client. */
export type ReviewClient = Pick<
  DurableClient,
  'startNew' | 'getStatus' | 'getStatusBy' | 'terminate' | 'readEntityState' | 'signalEntity' | 'raiseEvent'
>;
