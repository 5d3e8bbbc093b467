import { SluiceError } from '../../errors/sluice-error';
import type { LoadedFunction } from '../worker/function-app';
import type { RunningWatch } from '../triggers/blob-watcher';
import type { UnavailableFunction } from './supported-bindings';
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
  /** Functions whose trigger could not be started; the others run all the same. */
  readonly unavailable: readonly UnavailableFunction[];
  /** The timer of that name; undefined where there is none. */
  timer(functionName: string): RunningTimer | undefined;
  /** Starts nothing more and ends when what is under way has ended. */
  stop(): Promise<void>;
}

/**
 * Starts everything that is not called over HTTP and does not belong to the durable engine.
 * @throws {HostConfigError} for a wrong SLUICE_LOCAL_EVENT_GRID, with nothing started.
 */
export async function startTriggers(
  functions: readonly LoadedFunction[],
  { run, config, hostId, log }: TriggerServices,
): Promise<RunningTriggers> {
  const subscriptions = parseSubscriptions(process.env[LOCAL_EVENT_GRID] ?? '', functions);
  const storage = createHostStorage();
  const blobServices: BlobTriggerServices = {
    run,
    storage,
    hostId,
    log,
    limit: createLimiter(config.blobs.maxDegreeOfParallelism),
    attempts: config.blobs.poisonBlobThreshold,
  };
  const timers: RunningTimer[] = [];
  const watches: RunningWatch[] = [];
  const unavailable: UnavailableFunction[] = [];
  const attempt = async (name: string, start: () => Promise<unknown>): Promise<void> => {
    try {
      await start();
    } catch (error) {
      const reason = error instanceof SluiceError ? `${error.message} ${error.nextAction}` : String(error);
      unavailable.push({ name, reason });
    }
  };
  for (const fn of functions) {
    await attempt(fn.name, async () => {
      const type = fn.trigger.type.toLowerCase();
      if (type === 'timertrigger') {
        const store = createTimerStatusStore(storage.blobs(''), hostId);
        // The real host takes the zone of its machine, which in Azure is UTC unless this setting says otherwise.
        const timeZone = process.env['WEBSITE_TIME_ZONE'] ?? 'UTC';
        timers.push(await startTimer(fn, { run, store, log, timeZone }));
      }
      if (type === 'blobtrigger') watches.push(await startBlobTrigger(fn, blobServices));
    });
  }
  for (const subscription of subscriptions) {
    await attempt(subscription.functionName, async () => {
      watches.push(await startLocalSubscription(subscription, blobServices));
    });
  }
  return {
    unavailable,
    timer: (name) => timers.find(({ functionName }) => functionName.toLowerCase() === name.toLowerCase()),
    async stop() {
      await Promise.all([...timers, ...watches].map((running) => running.stop()));
    },
  };
}
