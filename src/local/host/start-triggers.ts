import type { LoadedFunction } from '../worker/function-app';
import { startBlobTrigger, type BlobTriggerServices } from '../triggers/blob-trigger';
import { LOCAL_EVENT_GRID, parseSubscriptions, startLocalSubscription } from '../triggers/event-grid-trigger';
import { createHostStorage } from '../triggers/host-storage';
import { createLimiter } from '../triggers/limiter';
import { createTimerStatusStore } from '../triggers/timer-status-store';
import { startTimer, type RunningTimer } from '../triggers/timer-trigger';
import type { HostConfig } from './host-config';
import type { HostLog } from './host-log';
import type { FunctionRunner } from './run-function';

/** What triggers need of the host. */
export interface TriggerServices {
  readonly run: FunctionRunner;
  readonly config: HostConfig;
  readonly hostId: string;
  readonly log: HostLog;
}

/** The timers, blob watches and local event subscriptions of an app. */
export interface RunningTriggers {
  /** Runs a timer function now; undefined where there is no timer of that name. */
  timer(functionName: string): RunningTimer | undefined;
  /** Starts nothing more and ends when what is under way has ended. */
  stop(): Promise<void>;
}

/** Starts everything that is not called over HTTP and does not belong to the durable engine. */
export async function startTriggers(
  functions: readonly LoadedFunction[],
  { run, config, hostId, log }: TriggerServices,
): Promise<RunningTriggers> {
  const ofType = (type: string) => functions.filter(({ trigger }) => trigger.type.toLowerCase() === type);
  const storage = createHostStorage();
  const timers: RunningTimer[] = [];
  const watches: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...timers, ...watches].map((running) => running.stop()));
  };
  try {
    for (const fn of ofType('timertrigger')) {
      const store = createTimerStatusStore(storage.blobs(''), hostId);
      // The real host takes the zone of its machine, which in Azure is UTC unless this setting says otherwise.
      const timeZone = process.env['WEBSITE_TIME_ZONE'] ?? 'UTC';
      timers.push(await startTimer(fn, { run, store, log, timeZone }));
    }
    const blobServices: BlobTriggerServices = {
      run,
      storage,
      hostId,
      log,
      limit: createLimiter(config.blobs.maxDegreeOfParallelism),
      attempts: config.blobs.poisonBlobThreshold,
    };
    for (const fn of ofType('blobtrigger')) watches.push(await startBlobTrigger(fn, blobServices));
    for (const subscription of parseSubscriptions(process.env[LOCAL_EVENT_GRID] ?? '', functions)) {
      watches.push(await startLocalSubscription(subscription, blobServices));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { timer: (name) => timers.find(({ functionName }) => functionName === name), stop };
}
