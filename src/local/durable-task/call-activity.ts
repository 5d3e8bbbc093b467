import { EventType, historyEvent, type HistoryEvent } from './core/history-event';
import type { Task } from './core/orchestration';
import type { FunctionApp, LoadedFunction } from '../worker/function-app';
import { jsonOf, memberData, typedData } from './typed-data';

/** Runs an activity function. @returns the event that tells the orchestration. */
export async function callActivity(
  app: FunctionApp,
  fn: LoadedFunction,
  instanceId: string,
  task: Task & { kind: 'activity' },
  now: () => string,
): Promise<HistoryEvent> {
  const json = asJson(task.input ?? 'null');
  const value = typedData(json);
  const outcome = await app.invoke(fn.name, {
    triggerData: value,
    triggerMetadata: {
      [fn.trigger.name]: value,
      ...memberData(json),
      instanceId: { string: instanceId },
      data: value,
    },
  });
  if (outcome.ok) {
    return historyEvent(EventType.TaskCompleted, now(), {
      TaskScheduledId: task.id,
      Result: jsonOf(outcome.returnValue),
    });
  }
  return historyEvent(EventType.TaskFailed, now(), {
    TaskScheduledId: task.id,
    // Two spaces: the real host puts the name of a .NET exception, which a JavaScript error does not have, in between.
    Reason: `Activity function '${fn.name}' failed:  ${outcome.error.message}`,
    Details: outcome.error.stack ?? '',
    FailureDetails: null,
  });
}

/** The text itself where it is JSON, else the text as a JSON string. */
function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
