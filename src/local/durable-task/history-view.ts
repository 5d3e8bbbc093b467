import type { HistoryEvent, Orchestration } from './model';

const NAMES: Readonly<Record<number, string>> = {
  0: 'ExecutionStarted',
  1: 'ExecutionCompleted',
  3: 'ExecutionTerminated',
  5: 'TaskCompleted',
  6: 'TaskFailed',
  8: 'SubOrchestrationInstanceCompleted',
  9: 'SubOrchestrationInstanceFailed',
  10: 'TimerCreated',
  11: 'TimerFired',
  14: 'EventSent',
  15: 'EventRaised',
  17: 'GenericEvent',
  19: 'ExecutionSuspended',
  20: 'ExecutionResumed',
};

/** `showHistory` as the management API gives it: names instead of numbers, what was scheduled folded into its end. */
export function historyView(one: Orchestration, withOutput: boolean): Record<string, unknown>[] {
  const scheduled = new Map(
    one.history.filter(({ EventType }) => EventType === 4 || EventType === 7).map((each) => [each.EventId, each]),
  );
  return one.history.flatMap((each) => {
    const EventType = NAMES[each.EventType];
    return EventType === undefined ? [] : [{ ...viewOf(each, one, scheduled, withOutput), EventType }];
  });
}

function viewOf(
  each: HistoryEvent,
  one: Orchestration,
  scheduled: ReadonlyMap<number, HistoryEvent>,
  withOutput: boolean,
): Record<string, unknown> {
  const { Timestamp } = each;
  const origin = (): Record<string, unknown> => {
    const start = scheduled.get(each['TaskScheduledId'] as number);
    return { ScheduledTime: start?.Timestamp.replace('Z', '+00:00'), FunctionName: start?.['Name'], Input: null };
  };
  const result = withOutput ? { Result: parse(each['Result']) } : {};
  switch (each.EventType) {
    case 0: {
      const { Input, Correlation, ParentTraceContext, ScheduledStartTime, Generation, GenerateNewTrace } = each;
      return {
        Input,
        Correlation,
        ParentTraceContext,
        ScheduledStartTime,
        Generation,
        GenerateNewTrace,
        Timestamp,
        FunctionName: one.name,
      };
    }
    case 1:
      return { OrchestrationStatus: each['OrchestrationStatus'], ...result, FailureDetails: null, Timestamp };
    case 3:
      return { Input: each['Input'], Timestamp };
    case 5:
    case 8:
      return { ...result, Timestamp, ...origin() };
    case 6:
    case 9:
      return { Reason: each['Reason'], Details: each['Details'], FailureDetails: null, Timestamp, ...origin() };
    case 10:
    case 11:
      return { FireAt: each['FireAt'], Timestamp };
    case 14:
      return { InstanceId: each['InstanceId'], Name: each['Name'], Input: each['Input'], Timestamp };
    case 15:
      return { Name: each['Name'], Input: each['Input'], ParentTraceContext: null, Timestamp };
    case 17:
      return { Data: each['Data'] ?? null, Timestamp };
    default:
      return { Reason: each['Reason'], Timestamp };
  }
}

function parse(text: unknown): unknown {
  if (typeof text !== 'string') return text ?? null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
