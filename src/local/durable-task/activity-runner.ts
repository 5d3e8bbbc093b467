import type { FunctionApp } from '../worker/function-app';
import type { RpcTypedData } from '../worker/rpc';
import type { AppFunctions } from './app-functions';
import { callHttp, type HttpCall } from './call-http';
import { EVENT, historyEvent } from './history-event';
import type { HistoryEvent, Orchestration } from './model';
import { HTTP_ACTIVITY } from './schedule-actions';
import { jsonOf } from './sdk-answer';

/** What the runner needs besides the app. */
export interface ActivityRunnerOptions {
  app: FunctionApp;
  functions: AppFunctions;
  /** `maxConcurrentActivityFunctions`. */
  limit: number;
  /** Whether the execution that asked still waits. */
  isWanted(one: Orchestration, execution: string): boolean;
  ended(one: Orchestration, execution: string, scheduled: HistoryEvent, event: HistoryEvent): void;
  failed(error: unknown): void;
}

/** Runs activities and HTTP calls, a limited number at a time, in the order they were asked for. */
export class ActivityRunner {
  private running = 0;
  private stopped = false;
  private readonly waiting: (() => Promise<void>)[] = [];

  constructor(private readonly options: ActivityRunnerOptions) {}

  stop(): void {
    this.stopped = true;
  }

  start(one: Orchestration, scheduled: HistoryEvent): void {
    const { executionId } = one;
    this.waiting.push(() => this.run(one, executionId, scheduled));
    this.next();
  }

  private next(): void {
    while (this.running < this.options.limit && !this.stopped) {
      const work = this.waiting.shift();
      if (work === undefined) return;
      this.running += 1;
      void work()
        .catch((error: unknown) => this.options.failed(error))
        .finally(() => {
          this.running -= 1;
          this.next();
        });
    }
  }

  private async run(one: Orchestration, execution: string, scheduled: HistoryEvent): Promise<void> {
    if (!this.options.isWanted(one, execution)) return;
    const event = await this.play(one, scheduled);
    if (!this.stopped && event !== undefined) this.options.ended(one, execution, scheduled, event);
  }

  private async play(one: Orchestration, scheduled: HistoryEvent): Promise<HistoryEvent | undefined> {
    const TaskScheduledId = scheduled.EventId;
    const failure = (Reason: string, Details: string): HistoryEvent =>
      historyEvent(EVENT.taskFailed, { TaskScheduledId, Reason, Details, FailureDetails: null });
    if (scheduled['Name'] === HTTP_ACTIVITY) {
      const answer = await callHttp(scheduled['ActivityInput'] as HttpCall);
      if ('error' in answer) return failure(answer.error, answer.details);
      return historyEvent(EVENT.taskCompleted, { TaskScheduledId, Result: JSON.stringify(answer) });
    }
    const registered = this.options.functions.activities.get(String(scheduled['Name']).toLowerCase());
    if (registered === undefined) return undefined;
    const json = jsonText(scheduled['ActivityInput']);
    const data = triggerData(json);
    const outcome = await this.options.app.invoke(registered.name, {
      triggerData: data,
      triggerMetadata: {
        [registered.trigger.name]: data,
        ...fieldsOf(json),
        instanceId: { string: one.id },
        data,
      },
    });
    if (outcome.ok) {
      return historyEvent(EVENT.taskCompleted, { TaskScheduledId, Result: jsonOf(outcome.returnValue) });
    }
    const { message, stack } = outcome.error;
    // Two spaces: the real host leaves out the name of the error between them.
    return failure(`Activity function '${registered.name}' failed:  ${message}`, stack ?? '');
  }
}

/** The SDK has texts as JSON already, and everything else as a value. */
function jsonText(input: unknown): string {
  if (typeof input !== 'string') return JSON.stringify(input ?? null);
  try {
    JSON.parse(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}

/** The real host gives a bare boolean as the text True or False, and null as nothing. */
function triggerData(json: string): RpcTypedData {
  if (json === 'null') return {};
  if (json === 'true' || json === 'false') return { string: json === 'true' ? 'True' : 'False' };
  return { json };
}

/** Top-level fields of an object, as metadata of the trigger. */
function fieldsOf(json: string): Record<string, RpcTypedData> {
  const value: unknown = JSON.parse(json);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, { json: JSON.stringify(inner) }]));
}
