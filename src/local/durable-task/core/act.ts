import { sendLockRequest, sendOperation, sendReleases } from './entity-requests';
import type { EpisodeDraft } from './episode-draft';
import { openTask, openTimer } from './open-task';
import type { Slot } from './orchestration';
import { ActionType, flattenActions, type SdkAction } from './sdk-action';

/**
 * Acts upon the actions that are new, and cancels timers that were. An action whose function does not exist ends the
 * acting, silently: so does the real host, and the orchestration waits for ever.
 * @returns the input of continueAsNew where the orchestrator asked for it.
 */
export function act(draft: EpisodeDraft, actions: readonly SdkAction[]): { again: string | null } | undefined {
  const flat = flattenActions(actions);
  const known = draft.one.slots.length;
  let again: { again: string | null } | undefined;
  for (const [index, action] of flat.entries()) {
    if (action.actionType === ActionType.ContinueAsNew) again = { again: textOf(action.input) };
    if (index >= known) {
      const slot = start(draft, action, index);
      if (slot === undefined) break;
      draft.slots.push(slot);
    }
    if (action.isCanceled === true) cancelTimer(draft, index);
  }
  return again;
}

function start(draft: EpisodeDraft, action: SdkAction, index: number): Slot | undefined {
  const { around } = draft;
  const name = action.functionName ?? null;
  const slot = (id: number): Slot => ({ actionType: action.actionType, name, id });
  switch (action.actionType) {
    case ActionType.CallActivity:
    case ActionType.CallActivityWithRetry: {
      if (name === null || !around.has('activity', name)) return undefined;
      const retry = action.retryOptions === undefined ? {} : { retry: action.retryOptions };
      return slot(
        openTask(draft, index, { kind: 'activity', name, input: textOf(action.input), attempt: 1, ...retry }).id,
      );
    }
    case ActionType.CallSubOrchestrator:
    case ActionType.CallSubOrchestratorWithRetry: {
      if (name === null || !around.has('orchestrator', name)) return undefined;
      const retry = action.retryOptions === undefined ? {} : { retry: action.retryOptions };
      const version = action.version ?? around.defaultVersion;
      const instanceId = action.instanceId === '' ? undefined : action.instanceId;
      const input = action.input === undefined ? null : JSON.stringify(action.input);
      return slot(openTask(draft, index, { kind: 'child', name, input, version, instanceId, attempt: 1, ...retry }).id);
    }
    case ActionType.CreateTimer:
      return slot(openTimer(draft, index, action.fireAt ?? draft.startedAt).id);
    case ActionType.CallHttp:
      if (action.httpRequest === undefined) return undefined;
      return slot(openTask(draft, index, { kind: 'http', request: action.httpRequest }).id);
    case ActionType.CallEntity:
    case ActionType.SignalEntity:
      return slot(sendOperation(draft, action));
    case ActionType.LockEntities:
      return slot(sendLockRequest(draft, action));
    case ActionType.ReleaseEntities:
      return slot(sendReleases(draft));
    case ActionType.ContinueAsNew:
    case ActionType.WaitForExternalEvent:
      return slot(-1);
    default:
      throw new Error(`The embedded host does not know the action type ${action.actionType}.`);
  }
}

function cancelTimer(draft: EpisodeDraft, index: number): void {
  for (const task of [...draft.one.open.values(), ...draft.opened]) {
    if (task.slot === index && task.kind === 'timer') draft.cancelled.push(task.id);
  }
}

/** The SDK hands texts over as JSON already, and everything else as it is. */
function textOf(input: unknown): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === 'string' ? input : JSON.stringify(input);
}
