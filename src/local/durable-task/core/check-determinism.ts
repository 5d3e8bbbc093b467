import { flattenActions, ActionType, type SdkAction } from './sdk-action';
import type { Orchestration, Slot } from './orchestration';

const QUESTION = 'Was a change made to the orchestrator code after this instance had already started running?';

/** .NET classes of the actions, which the messages name. */
const CLASSES: Readonly<Record<number, string>> = {
  [ActionType.CallActivity]: 'ScheduleTaskOrchestratorAction',
  [ActionType.CallActivityWithRetry]: 'ScheduleTaskOrchestratorAction',
  [ActionType.CallHttp]: 'ScheduleTaskOrchestratorAction',
  [ActionType.CallSubOrchestrator]: 'CreateSubOrchestrationAction',
  [ActionType.CallSubOrchestratorWithRetry]: 'CreateSubOrchestrationAction',
  [ActionType.CreateTimer]: 'CreateTimerOrchestratorAction',
  [ActionType.CallEntity]: 'SendEventOrchestratorAction',
  [ActionType.SignalEntity]: 'SendEventOrchestratorAction',
  [ActionType.LockEntities]: 'SendEventOrchestratorAction',
  [ActionType.ReleaseEntities]: 'SendEventOrchestratorAction',
};

/** What each class schedules, in the words of the Durable Task Framework. */
const WORDS: Readonly<Record<string, string>> = {
  ScheduleTaskOrchestratorAction: 'an activity task',
  CreateSubOrchestrationAction: 'a sub-orchestration task',
  CreateTimerOrchestratorAction: 'a timer task',
  SendEventOrchestratorAction: 'a send event task',
};

/**
 * Compares what the orchestrator asked for now with what was acted upon before.
 * @returns the real host's message where the orchestrator changed its mind.
 */
export function checkDeterminism(one: Orchestration, actions: readonly SdkAction[]): string | undefined {
  const flat = flattenActions(actions);
  for (const [index, slot] of one.slots.entries()) {
    const before = CLASSES[slot.actionType];
    if (before === undefined) continue;
    const now = flat[index];
    const after = now === undefined ? undefined : CLASSES[now.actionType];
    if (now === undefined || after === undefined) return notScheduled(slot, before);
    const begin = `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${WORDS[before] ?? before} with sequence number ${slot.id}`;
    const named = slot.name === null ? '' : ` named '${slot.name}'`;
    if (before !== after) {
      return `${begin}${named}, but the current orchestration replay instead produced a ${after} action with this sequence number. ${QUESTION}`;
    }
    const name = now.functionName ?? null;
    if (name?.toLowerCase() !== slot.name?.toLowerCase()) {
      return `${begin}${named}, but the current orchestration replay instead scheduled ${WORDS[before] ?? before} named '${name ?? ''}' with this sequence number.  ${QUESTION}`;
    }
  }
  return undefined;
}

function notScheduled(slot: Slot, before: string): string {
  const what = WORDS[before] ?? before;
  const named = slot.name === null ? '' : ` and name '${slot.name}' (version '')`;
  return `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${what} with sequence ID ${slot.id}${named}, but the current replay execution hasn't (yet?) scheduled this task. ${QUESTION}`;
}
