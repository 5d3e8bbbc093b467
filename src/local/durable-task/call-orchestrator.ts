import { TIMER_LIMITS } from './core/open-task';
import { EventType, historyEvent } from './core/history-event';
import type { SdkAnswer } from './core/decide-episode';
import type { InboxEntry, Orchestration } from './core/orchestration';
import type { SdkState } from './core/sdk-action';
import type { FunctionApp, InvocationOutcome, LoadedFunction } from '../worker/function-app';
import type { HistoryText } from './history-text';
import { jsonOf } from './typed-data';

const OUT_OF_PROC = '$OutOfProcData$:';

/** Calls an orchestrator function with the history and one new event. */
export async function callOrchestrator(
  app: FunctionApp,
  fn: LoadedFunction,
  one: Orchestration,
  entry: InboxEntry,
  startedAt: string,
  texts: HistoryText,
  httpPollMs: number,
): Promise<SdkAnswer> {
  const past = texts.of(one.history);
  const fresh = JSON.stringify([historyEvent(EventType.OrchestratorStarted, startedAt), entry.event]).slice(1, -1);
  const rest = JSON.stringify({
    instanceId: one.id,
    isReplaying: one.history.length > 0,
    parentInstanceId: one.parent?.instanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: duration(TIMER_LIMITS.pieceMs),
    maximumShortTimerDuration: duration(TIMER_LIMITS.longestMs),
    defaultHttpAsyncRequestSleepTimeMillseconds: httpPollMs,
  }).slice(1);
  const json = `{"history":[${past}${past === '' ? '' : ','}${fresh}],"input":${one.input ?? 'null'},${rest}`;
  const outcome = await app.invoke(fn.name, {
    triggerData: { json },
    triggerMetadata: { instanceId: { string: one.id } },
  });
  return decode(outcome);
}

/** The SDK's state, which is in the message of the error where the orchestrator failed. */
function decode(outcome: InvocationOutcome): SdkAnswer {
  if (outcome.ok) return { state: JSON.parse(jsonOf(outcome.returnValue)) as SdkState, failed: false };
  const { message } = outcome.error;
  const at = message.indexOf(OUT_OF_PROC);
  if (at < 0) return { state: { error: message }, failed: true };
  return { state: JSON.parse(message.slice(at + OUT_OF_PROC.length)) as SdkState, failed: true };
}

/** Whole days as .NET writes them. */
function duration(milliseconds: number): string {
  return `${milliseconds / (24 * 3600_000)}.00:00:00`;
}
