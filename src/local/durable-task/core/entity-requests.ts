import type { EpisodeDraft } from './episode-draft';
import { EventType, historyEvent } from './history-event';
import { entityId } from './entity-id';
import { ActionType, type SdkAction } from './sdk-action';

const EXTENSION = 'Microsoft.Azure.WebJobs.Extensions.DurableTask';
const typed = (name: string): string => `${EXTENSION}.${name}, ${EXTENSION}`;
const NO_TIME = '0001-01-01T00:00:00';

/** Sends a call or a signal. @returns its sequence number. */
export function sendOperation(draft: EpisodeDraft, action: SdkAction): number {
  const { one, around } = draft;
  const target = entityId(action.instanceId ?? '');
  const id = around.newGuid();
  const isSignal = action.actionType === ActionType.SignalEntity;
  const name = action.operation ?? '';
  const input = action.input === undefined || action.input === null ? null : JSON.stringify(action.input);
  const body = {
    $type: typed('RequestMessage'),
    op: name,
    ...(isSignal && { signal: true }),
    ...(input !== null && { input }),
    id,
    parent: one.id,
    parentExecution: one.executionId,
    ...orderOf(draft, target),
    requestTime: around.now.replace('Z', '+00:00'),
  };
  const caller = isSignal ? null : one.id;
  return send(draft, target, 'op', body, { kind: 'operation', id, name, input, isSignal, caller });
}

/** Asks for the locks of an action, first of all from the first entity. @returns the sequence number. */
export function sendLockRequest(draft: EpisodeDraft, action: SdkAction): number {
  const { one, around } = draft;
  const entities = (action.lockSet ?? []).map(({ name, key }) => entityId(`@${name}@${key}`));
  const id = around.newGuid();
  draft.locks = { requestId: id, entities };
  const target = entities[0] ?? '';
  const body = {
    $type: typed('RequestMessage'),
    op: null,
    id,
    parent: one.id,
    parentExecution: one.executionId,
    ...orderOf(draft, target),
    lockset: (action.lockSet ?? []).map(({ name, key }) => ({ $type: typed('EntityId'), name, key })),
  };
  return send(draft, target, 'op', body, { kind: 'lock', id, caller: one.id, entities, position: 0 });
}

/** Releases all locks, with one sequence number for each. @returns the first of them. */
export function sendReleases(draft: EpisodeDraft): number {
  const first = draft.nextId;
  const { locks, one } = draft;
  for (const target of locks?.entities ?? []) {
    const id = locks?.requestId ?? '';
    const body = { $type: typed('ReleaseMessage'), parent: one.id, id };
    send(draft, target, 'release', body, { kind: 'release', id, caller: one.id });
  }
  draft.locks = null;
  return first;
}

/** The answer to a call, as the SDK reads it from the history. */
export function answerText(result: string | undefined, isError: boolean): string {
  return JSON.stringify({ $type: typed('ResponseMessage'), result, ...(isError && { exceptionType: 'Error' }) });
}

function send(
  draft: EpisodeDraft,
  target: string,
  name: string,
  body: Readonly<Record<string, unknown>>,
  message: Extract<EpisodeDraft['outbox'][number], { kind: 'entity' }>['message'],
): number {
  const number = draft.nextId++;
  draft.scheduled.push(
    historyEvent(EventType.EventSent, draft.around.now, {
      InstanceId: target,
      Name: name,
      Input: JSON.stringify(body),
      EventId: number,
    }),
  );
  draft.outbox.push({ id: `${draft.one.executionId}:sent:${number}`, to: target, kind: 'entity', message });
  return number;
}

/** Timestamp of this message and of the one before it to the same entity, by which the extension orders messages. */
function orderOf(draft: EpisodeDraft, target: string): { Timestamp: string; Predecessor: string } {
  const before = draft.sent.findLast(([to]) => to === target)?.[1] ?? draft.one.lastSent.get(target) ?? NO_TIME;
  draft.sent.push([target, draft.startedAt]);
  return { Timestamp: draft.startedAt, Predecessor: before };
}
