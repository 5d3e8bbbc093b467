import { EVENT } from './history-event';
import type { HistoryEvent, Plan } from './model';
import { ACTION, type Action } from './sdk-answer';

const ADVICE = 'Was a change made to the orchestrator code after this instance had already started running?';
const PREVIOUS = 'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled';

/**
 * Compares what an orchestrator has scheduled before with what its replay schedules.
 * @returns what DurableTask.Core fails the orchestration with, undefined where they agree
 */
export function findNonDeterminism(
  history: readonly HistoryEvent[],
  plan: Pick<Plan, 'ids'>,
  actions: readonly Action[],
): string | undefined {
  const places = new Map(plan.ids.map((id, index) => [id, index]));
  for (const event of history) {
    const what = WHAT[event.EventType];
    const place = places.get(event.EventId);
    if (what === undefined || place === undefined || event['Name'] === 'BuiltIn::HttpActivity') continue;
    const action = actions[place];
    const name = event['Name'] as string | undefined;
    if (action === undefined) return missing(event, what, name);
    // Between two attempts or polls the current number is that of a timer.
    if (event.EventType === EVENT.timerCreated && (action.retryOptions ?? action.httpRequest) !== undefined) continue;
    const kind = KIND[action.actionType] ?? 'SendEventOrchestratorAction';
    if (what.kind !== kind) {
      return `${PREVIOUS} ${what.text} with sequence number ${event.EventId}${named(name)}, but the current orchestration replay instead produced a ${kind} action with this sequence number. ${ADVICE}`;
    }
    if (name !== undefined && name.toLowerCase() !== (action.functionName ?? name).toLowerCase()) {
      return `${PREVIOUS} ${what.text} with sequence number ${event.EventId}${named(name)}, but the current orchestration replay instead scheduled ${what.text} named '${action.functionName ?? ''}' with this sequence number.  ${ADVICE}`;
    }
  }
  return undefined;
}

const TIMER = 'CreateTimerOrchestratorAction';
const WHAT: Readonly<Record<number, { text: string; kind: string }>> = {
  [EVENT.taskScheduled]: { text: 'an activity task', kind: 'ScheduleTaskOrchestratorAction' },
  [EVENT.childCreated]: { text: 'a sub-orchestration task', kind: 'CreateSubOrchestrationAction' },
  [EVENT.timerCreated]: { text: 'a timer task', kind: TIMER },
};
const KIND: Readonly<Record<number, string>> = {
  [ACTION.activity]: 'ScheduleTaskOrchestratorAction',
  [ACTION.activityWithRetry]: 'ScheduleTaskOrchestratorAction',
  [ACTION.http]: 'ScheduleTaskOrchestratorAction',
  [ACTION.child]: 'CreateSubOrchestrationAction',
  [ACTION.childWithRetry]: 'CreateSubOrchestrationAction',
  [ACTION.timer]: TIMER,
};

function named(name: string | undefined): string {
  return name === undefined ? '' : ` named '${name}'`;
}

function missing(event: HistoryEvent, what: { text: string }, name: string | undefined): string {
  const version = (event['Version'] as string | undefined) ?? '';
  const details = name === undefined ? '' : ` and name '${name}' (version '${version}')`;
  return `${PREVIOUS} ${what.text} with sequence ID ${event.EventId}${details}, but the current replay execution hasn't (yet?) scheduled this task. ${ADVICE}`;
}
