import type { HistoryEvent, Operation } from './model';
import { EVENT } from './history-event';

const EXTENSION = 'Microsoft.Azure.WebJobs.Extensions.DurableTask';
const NO_TIME = '0001-01-01T00:00:00';

/** What identifies the orchestration that sends a message. */
export interface Sender {
  id: string;
  executionId: string;
}

/** `@name@key` of an entity; names are in lower case. */
export function entityIdOf(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`;
}

/** Name and key of `@name@key`; undefined where it is none. */
export function parseEntityId(id: string): { name: string; key: string } | undefined {
  const [, name, key] = /^@([^@]*)@(.*)$/s.exec(id) ?? [];
  return name === undefined || key === undefined ? undefined : { name: name.toLowerCase(), key };
}

/** `Input` of an EventSent that asks for an operation: the extension's RequestMessage, members in its order. */
export function requestMessage(
  operation: Operation,
  sender: Sender,
  times: { sentAt: string; predecessor: string | undefined; requestTime: string },
): string {
  const { id, name, input, isSignal } = operation;
  return JSON.stringify({
    $type: typeName('RequestMessage'),
    op: name,
    ...(isSignal ? { signal: true } : {}),
    ...(input === null ? {} : { input }),
    id,
    parent: sender.id,
    parentExecution: sender.executionId,
    Timestamp: times.sentAt,
    Predecessor: times.predecessor ?? NO_TIME,
    requestTime: times.requestTime.replace('Z', '+00:00'),
  });
}

/** `Input` of an EventSent that asks for the lock of all entities of a set. */
export function lockMessage(operation: Operation, sender: Sender, sentAt: string): string {
  return JSON.stringify({
    $type: typeName('RequestMessage'),
    op: null,
    id: operation.id,
    parent: sender.id,
    parentExecution: sender.executionId,
    Timestamp: sentAt,
    Predecessor: NO_TIME,
    lockset: operation.lockSet.map((entity) => ({ $type: typeName('EntityId'), ...parseEntityId(entity) })),
  });
}

/** `Input` of an EventSent that gives a lock back. */
export function releaseMessage(sender: Sender, id: string): string {
  return JSON.stringify({ $type: typeName('ReleaseMessage'), parent: sender.executionId, id });
}

/** `Input` of the EventRaised that answers a call. */
export function responseMessage(result: string | undefined, isError: boolean): string {
  return JSON.stringify({
    $type: typeName('ResponseMessage'),
    result: result ?? null,
    ...(isError ? { exceptionType: 'Error' } : {}),
  });
}

/** Time of the last message from this history to an entity. */
export function lastSentTo(entity: string, history: readonly HistoryEvent[]): string | undefined {
  const last = history.findLast((one) => one.EventType === EVENT.eventSent && one['InstanceId'] === entity);
  if (last === undefined) return undefined;
  return (JSON.parse(last['Input'] as string) as { Timestamp?: string }).Timestamp;
}

function typeName(name: string): string {
  return `${EXTENSION}.${name}, ${EXTENSION}`;
}
