import { findNonDeterminism } from './check-determinism';
import { endedId } from './follow-ups';
import { EVENT, historyEvent, outstanding, timestamp } from './history-event';
import type { Again, Episode, HistoryEvent, Message, Orchestration, PlanChange, RuntimeStatus, Waiting } from './model';
import { releaseAll } from './orchestration';
import { scheduleActions, type Facts } from './schedule-actions';
import type { OrchestratorState } from './sdk-answer';

/** Bytes of UTF-16 that a custom status may have as JSON. */
const CUSTOM_STATUS_LIMIT = 16 * 1024;

/**
 * The messages that one episode takes: all that wait, up to the next one that makes the host itself schedule something.
 * The SDK takes numbers for that while it processes the event, so it has to come first, before any number of a new action.
 */
export function nextBatch(one: Orchestration): Waiting[] {
  const own = one.inbox.findIndex(
    ({ event }, index) => index > 0 && one.plan.followUps.has(endedId(event) ?? Number.NaN),
  );
  return own < 0 ? [...one.inbox] : one.inbox.slice(0, own);
}

/** The events that begin an episode. OrchestratorStarted is the orchestrator's clock, which never stands still. */
export function freshEvents(batch: readonly Waiting[], history: readonly HistoryEvent[] = []): HistoryEvent[] {
  const events = batch.map(({ event }): HistoryEvent => ({ ...event, IsPlayed: false }));
  const first = events[0];
  // The first episode of a life that continues another one has this event twice on the real host.
  const continued = first?.EventType === EVENT.executionStarted && first['Generation'] === null;
  const last = history.findLast(({ EventType }) => EventType === EVENT.orchestratorStarted);
  const earliest = last === undefined ? 0 : Date.parse(last.Timestamp) + 1;
  const started = { ...historyEvent(EVENT.orchestratorStarted), Timestamp: timestamp(Math.max(Date.now(), earliest)) };
  if (!continued) return [started, ...events];
  return [started, ...events.slice(0, 1), historyEvent(EVENT.orchestratorCompleted), ...events.slice(1)];
}

/**
 * The core of the engine: the history so far, what came in and what the orchestrator answered give the next record.
 * @param fresh the events of this episode, from `freshEvents`
 */
export function concludeEpisode(
  one: Orchestration,
  batch: readonly Waiting[],
  fresh: readonly HistoryEvent[],
  state: OrchestratorState,
  facts: Facts,
): Episode | Again {
  const taken = batch.map(({ messageId }) => messageId);
  const fail = (message: string, more: Partial<FailureParts> = {}): Episode =>
    failure(one, { taken, events: fresh, customStatus: state.customStatus, message, outbox: [], ...more });
  const drift = findNonDeterminism(one.history, one.plan, state.actions);
  if (drift !== undefined) return fail(drift);
  const size = Buffer.byteLength(JSON.stringify(state.customStatus), 'utf16le');
  if (size > CUSTOM_STATUS_LIMIT) {
    const text = `The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${Math.round(size / 1024)} KB.`;
    return fail(failed(one, text), { customStatus: null });
  }
  const { events: made, outbox, plan, again } = scheduleActions(one, state.actions, fresh, facts);
  const events = [...fresh, ...made];
  const cancelled = new Set([...one.plan.cancelled, ...plan.cancelled]);
  // The Durable Task Framework ends nothing, well or badly, while something that it scheduled is open:
  // https://github.com/Azure/durabletask/blob/main/src/DurableTask.Core/TaskOrchestrationExecutor.cs
  const settled = outstanding([...one.history, ...events], cancelled).length === 0;
  if (settled && state.error !== undefined) return fail(failed(one, state.error), { events, outbox, plan });
  if (settled && again !== undefined) {
    const messages = [...outbox, ...releaseAll(one, plan.lockSet)];
    const { customStatus } = state;
    return {
      t: 'again',
      taken,
      executionId: facts.newId(),
      input: again.input,
      customStatus,
      outbox: messages,
      at: timestamp(),
    };
  }
  events.push(historyEvent(EVENT.orchestratorCompleted));
  const { customStatus } = state;
  const returned = state.isDone && again === undefined && state.error === undefined;
  if (settled && returned) return completion(one, { taken, events, customStatus, outbox, plan }, state.output);
  const suspended = one.status === 'Suspended';
  return {
    t: 'episode',
    events,
    taken,
    status: suspended ? 'Suspended' : 'Running',
    output: suspended ? one.output : null,
    customStatus,
    outbox,
    plan,
    at: timestamp(),
  };
}

/** How an instance fails whose orchestrator is not called at all. */
export function failedAtOnce(one: Orchestration, batch: readonly Waiting[], text: string): Episode {
  const taken = batch.map(({ messageId }) => messageId);
  const parts = { taken, events: freshEvents(batch), customStatus: null, outbox: [] };
  return failure(one, { ...parts, message: failed(one, text) });
}

/** `Orchestrator function 'x' failed: ...`. */
export function failed(one: Pick<Orchestration, 'name'>, message: string): string {
  return `Orchestrator function '${one.name}' failed: ${message}`;
}

/** What a parent is told of a sub-orchestration that has failed or was terminated. */
export function failureToParent(one: Orchestration, reason: string): Message[] {
  return toParent(one, EVENT.childFailed, { Reason: reason, Details: '', FailureDetails: null });
}

interface Parts {
  taken: string[];
  events: readonly HistoryEvent[];
  customStatus: unknown;
  outbox: Message[];
  plan?: PlanChange;
}
type FailureParts = Parts & { message: string };

function failure(one: Orchestration, { message, ...parts }: FailureParts): Episode {
  const events = [...parts.events, historyEvent(EVENT.orchestratorCompleted)];
  const result = JSON.stringify(message);
  return ended(one, { ...parts, events }, 'Failed', message, result, failureToParent(one, message));
}

function completion(one: Orchestration, parts: Parts, output: string): Episode {
  return ended(one, parts, 'Completed', output, output, toParent(one, EVENT.childCompleted, { Result: output }));
}

function ended(
  one: Orchestration,
  parts: Parts,
  status: RuntimeStatus,
  output: string,
  result: string,
  toOthers: Message[],
): Episode {
  const plan = parts.plan ?? { ...one.plan, ids: [], followUps: [], cancelled: [] };
  const end = historyEvent(EVENT.executionCompleted, {
    OrchestrationStatus: status,
    Result: result,
    FailureDetails: null,
  });
  return {
    t: 'episode',
    events: [...parts.events, end],
    taken: parts.taken,
    status,
    output,
    customStatus: parts.customStatus,
    outbox: [...parts.outbox, ...toOthers, ...releaseAll(one, plan.lockSet)],
    plan: { ...plan, lockSet: null },
    at: timestamp(),
  };
}

function toParent(one: Orchestration, type: number, more: Readonly<Record<string, unknown>>): Message[] {
  const { parent } = one;
  if (parent === null) return [];
  const event = historyEvent(type, { TaskScheduledId: parent.taskId, ...more });
  // A rewound child ends more than once, and each end counts.
  const id = `${one.executionId}:end:${one.history.length}`;
  return [{ id, to: parent.instanceId, kind: 'event', event, execution: parent.executionId }];
}
