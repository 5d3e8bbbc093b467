import { act } from './act';
import { checkDeterminism } from './check-determinism';
import { sendReleases } from './entity-requests';
import { draftEpisode, type EpisodeDraft, type Surroundings } from './episode-draft';
import { followUp } from './follow-up';
import { answeredId, EventType, historyEvent, isFailure, type HistoryEvent } from './history-event';
import { openTask } from './open-task';
import type { InboxEntry, Orchestration, Outcome, RuntimeStatus } from './orchestration';
import type { EpisodeRecord, OrchestrationRecord, RenewedRecord } from './record';
import { ActionType, type SdkAction, type SdkState } from './sdk-action';

/** What the orchestrator function gave back, or that there was no need to ask it. */
export type SdkAnswer = { readonly state: SdkState; readonly failed: boolean };

/** UTF-16 bytes of JSON that a custom status may have. */
const CUSTOM_STATUS_LIMIT = 16 * 1024;

/**
 * Whether the orchestrator function has to be called for an event. Not where it has ended and only its tasks have not,
 * and not where it waits for a `Task.all` that this success does not complete: it could not get on, and the next call
 * replays this event like any other.
 */
export function needsOrchestrator(one: Orchestration, event: HistoryEvent): boolean {
  if (one.outcome !== null) return false;
  const id = answeredId(event);
  const task = id === undefined ? undefined : one.open.get(id);
  const waiting = one.waitingForAll;
  if (task === undefined || waiting === null || isFailure(event)) return true;
  return !(waiting.has(task.slot) && waiting.size > 1);
}

/**
 * Decides one episode: one incoming event and the orchestrator's answer in, the records of what follows out. Changes nothing.
 * @param answer undefined where `needsOrchestrator` says no.
 */
export function decideEpisode(
  one: Orchestration,
  entry: InboxEntry,
  startedAt: string,
  answer: SdkAnswer | undefined,
  around: Surroundings,
): OrchestrationRecord[] {
  const draft = draftEpisode(one, startedAt, around);
  followUp(draft, entry.event);
  for (const { id, slot, ...work } of one.toRepeat) openTask(draft, slot, work, id);
  const verdict = answer === undefined ? {} : judge(draft, answer);
  const outcome = verdict.outcome ?? one.outcome;
  const record: EpisodeRecord = {
    t: 'episode',
    take: entry.messageId,
    startedAt,
    endedAt: around.now,
    ...(verdict.customStatus !== undefined && { customStatus: verdict.customStatus }),
    ...(verdict.outcome !== undefined && { outcome: verdict.outcome }),
    ...(answer !== undefined && { waitingForAll: verdict.waitingForAll ?? null }),
  };
  if (outcome === null || (verdict.now !== true && openAfter(draft, entry.event) > 0))
    return [{ ...record, ...partsOf(draft) }];
  sendReleases(draft);
  if (outcome.kind === 'again') return [{ ...record, ...partsOf(draft) }, renewal(one, outcome.input, verdict, around)];
  const end = endOf(one, outcome, around.now);
  if (end.message !== undefined) draft.outbox.push(end.message);
  return [{ ...record, ...partsOf(draft), end: { status: end.status, output: end.output, event: end.event } }];
}

interface Verdict {
  readonly customStatus?: { readonly value: unknown };
  readonly outcome?: Outcome;
  /** Ends at once, whatever is still open. */
  readonly now?: boolean;
  readonly waitingForAll?: readonly number[] | null;
}

function judge(draft: EpisodeDraft, { state, failed }: SdkAnswer): Verdict {
  const { one } = draft;
  const actions = state.actions?.[0] ?? [];
  const fault = checkDeterminism(one, actions);
  if (fault !== undefined) return { outcome: { kind: 'failed', message: fault }, now: true };
  const again = act(draft, actions);
  const status = state.customStatus ?? null;
  const bytes = Buffer.byteLength(JSON.stringify(status), 'utf16le');
  const failure = (message: string): Outcome => ({
    kind: 'failed',
    message: `Orchestrator function '${one.name}' failed: ${message}`,
  });
  if (bytes > CUSTOM_STATUS_LIMIT) {
    const size = Math.round(bytes / 1024);
    const message = `The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${size} KB.`;
    return { outcome: failure(message), now: true };
  }
  const customStatus = { value: status };
  if (failed) return { customStatus, outcome: failure(state.error ?? '') };
  if (again !== undefined) return { customStatus, outcome: { kind: 'again', input: again.again } };
  if (state.isDone !== true) return { customStatus, waitingForAll: newTaskAll(draft, actions) };
  const output = state.output === undefined ? 'null' : JSON.stringify(state.output);
  return { customStatus, outcome: { kind: 'completed', output } };
}

/** The slots of a `Task.all` of activities and children that the orchestrator has only just begun to wait for. */
function newTaskAll(draft: EpisodeDraft, actions: readonly SdkAction[]): number[] | null {
  const last = actions.at(-1);
  if (last?.actionType !== ActionType.WhenAll) return null;
  const parts = last.compoundActions ?? [];
  const isPlain = parts.every(({ actionType }) => actionType <= ActionType.CallSubOrchestratorWithRetry);
  if (!isPlain || draft.slots.length < parts.length) return null;
  const end = draft.one.slots.length + draft.slots.length;
  return parts.map((_, index) => end - parts.length + index);
}

function openAfter({ one, opened, cancelled }: EpisodeDraft, event: HistoryEvent): number {
  const ids = new Set([...one.open.keys(), ...opened.map(({ id }) => id)]);
  for (const id of cancelled) ids.delete(id);
  const answered = answeredId(event);
  if (answered !== undefined) ids.delete(answered);
  return ids.size;
}

function partsOf(draft: EpisodeDraft): Partial<EpisodeRecord> {
  const { one, scheduled, opened, cancelled, slots, sent, outbox, nextId, locks } = draft;
  return {
    ...(scheduled.length > 0 && { scheduled }),
    ...(opened.length > 0 && { opened }),
    ...(cancelled.length > 0 && { cancelled }),
    ...(slots.length > 0 && { slots }),
    ...(sent.length > 0 && { sent }),
    ...(outbox.length > 0 && { outbox }),
    ...(nextId !== one.nextId && { nextId }),
    ...(locks !== one.locks && { locks }),
  };
}

function renewal(one: Orchestration, input: string | null, verdict: Verdict, around: Surroundings): RenewedRecord {
  const customStatus = verdict.customStatus === undefined ? one.customStatus : verdict.customStatus.value;
  const executionId = around.newGuid().replaceAll('-', '');
  return { t: 'renewed', executionId, input, customStatus, at: around.now, outbox: [] };
}

/** How an instance ends: its state, the last event of its history, and what its parent is told. */
export function endOf(one: Orchestration, outcome: Exclude<Outcome, { kind: 'again' }>, at: string) {
  const isCompleted = outcome.kind === 'completed';
  const status: Extract<RuntimeStatus, 'Completed' | 'Failed'> = isCompleted ? 'Completed' : 'Failed';
  const output = isCompleted ? outcome.output : outcome.message;
  const event = historyEvent(EventType.ExecutionCompleted, at, {
    OrchestrationStatus: status,
    Result: isCompleted ? output : JSON.stringify(output),
    FailureDetails: null,
  });
  return { status, output, event, message: one.parent === null ? undefined : toParent(one, outcome, at) };
}

/** Tells the parent that its sub-orchestration has ended. */
export function toParent(one: Orchestration, outcome: Exclude<Outcome, { kind: 'again' }>, at: string) {
  const { parent } = one;
  if (parent === null) throw new Error(`${one.id} has no parent.`);
  const event =
    outcome.kind === 'completed'
      ? historyEvent(EventType.SubOrchestrationInstanceCompleted, at, {
          TaskScheduledId: parent.taskId,
          Result: outcome.output,
        })
      : historyEvent(EventType.SubOrchestrationInstanceFailed, at, {
          TaskScheduledId: parent.taskId,
          Reason: outcome.message,
          Details: '',
          FailureDetails: null,
        });
  const { instanceId: to, executionId } = parent;
  // A rewound child ends twice: the moment tells the two messages apart.
  return { id: `end:${one.executionId}:${at}`, to, kind: 'event', event, executionId } as const;
}
