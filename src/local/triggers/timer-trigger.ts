import type { HostLog } from '../host/host-log';
import { resolveSettings } from '../host/resolve-setting';
import type { FunctionRunner } from '../host/run-function';
import { bindingText } from '../worker/binding-text';
import type { LoadedFunction } from '../worker/function-app';
import { compileSchedule, type Schedule } from './ncrontab';
import { withRetryPolicy } from './retry-policy';
import { afterRun, checkPastDue, timerInfo, type TimerStatus } from './timer-status';
import type { TimerStatusStore } from './timer-status-store';

/** A timer function that is under way. */
export interface RunningTimer {
  readonly functionName: string;
  /** Runs the function now, besides its schedule. */
  runNow(): Promise<void>;
  /** Fires no more and ends when a run under way has ended. */
  stop(): Promise<void>;
}

/** What a timer needs of the host. */
export interface TimerServices {
  readonly run: FunctionRunner;
  readonly store: TimerStatusStore;
  readonly log: HostLog;
  /** IANA name; schedules are written in this zone. */
  readonly timeZone: string;
}

/** setTimeout takes 31 bits of milliseconds; and a clock that is set must show before long. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Starts a timer function: once at the start where an occurrence was missed or it has `runOnStartup`, then by its
 * schedule, never twice at a time. Its status is stored, unless it has `useMonitor: false` or fires more than once a minute.
 * @throws {HostConfigError} for an invalid schedule.
 */
export async function startTimer(fn: LoadedFunction, services: TimerServices): Promise<RunningTimer> {
  const { store, log } = services;
  const category = 'Host.Triggers.Timer';
  const schedule = compileSchedule(resolveSettings(bindingText(fn.trigger, 'schedule')), services.timeZone);
  const isMonitored = fn.trigger['useMonitor'] !== false && !schedule.isFrequent;
  const state = { status: undefined as TimerStatus | undefined, stopped: false };
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  const fire = async (reason: string, isPastDue: boolean): Promise<void> => {
    const began = new Date();
    const data = { json: JSON.stringify(timerInfo(state.status, isPastDue)) };
    await withRetryPolicy(
      fn.retry,
      (retry) => services.run(fn.name, { reason, triggerData: data, ...retry }),
      (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    );
    if (state.status === undefined) return;
    state.status = afterRun(state.status, schedule, began);
    await store.write(fn.name, state.status);
  };
  const enqueue = (reason: string, isPastDue: boolean): Promise<void> =>
    (underWay = underWay
      .then(() => fire(reason, isPastDue))
      .catch((error: unknown) =>
        log('error', category, `The status of '${fn.name}' could not be stored: ${String(error)}`),
      ));

  const arm = (): void => {
    const due = state.status?.next ?? schedule.next(new Date());
    if (state.stopped || due === undefined) return;
    const waitFor = (): void => {
      const left = due.getTime() - Date.now();
      timer = setTimeout(left <= LONGEST_WAIT_MS ? ring : waitFor, Math.min(Math.max(left, 0), LONGEST_WAIT_MS));
    };
    const ring = (): void => {
      // setTimeout may be a millisecond early; a schedule of seconds would then fire twice.
      if (Date.now() < due.getTime()) waitFor();
      else void enqueue(`Timer fired at ${new Date().toISOString()}`, false).then(arm);
    };
    waitFor();
  };

  const first = isMonitored ? await begin(fn.name, schedule, store, state) : { isPastDue: false };
  logOccurrences(fn.name, schedule, log, category);
  const runsNow = first.isPastDue || fn.trigger['runOnStartup'] === true;
  const startup = runsNow ? enqueue('Timer fired at startup', first.isPastDue) : Promise.resolve();
  void startup.then(arm);
  return {
    functionName: fn.name,
    runNow: () => enqueue('This function was programmatically called via the host APIs.', false),
    async stop() {
      state.stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

/** A timer without a stored status shows its first run a status without times. */
async function begin(
  name: string,
  schedule: Schedule,
  store: TimerStatusStore,
  state: { status: TimerStatus | undefined },
) {
  const now = new Date();
  const stored = await store.read(name);
  const check = checkPastDue(stored, schedule, now);
  if (check.store !== undefined) await store.write(name, check.store);
  state.status =
    stored === undefined
      ? { last: undefined, next: schedule.next(now), lastUpdated: undefined }
      : (check.store ?? stored);
  return check;
}

function logOccurrences(name: string, schedule: Schedule, log: HostLog, category: string): void {
  const times: string[] = [];
  for (let at = schedule.next(new Date()); at !== undefined && times.length < 5; at = schedule.next(at)) {
    times.push(at.toISOString());
  }
  log('debug', category, `The next occurrences of '${name}' will be:\n${times.join('\n')}`);
}
