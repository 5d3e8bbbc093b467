/** Event types of the Durable Task Framework, as the SDK knows them. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  GenericEvent: 17,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

/** A history event as the extension gives it to the SDK. */
export interface HistoryEvent {
  EventType: number;
  /** Sequence number of what the orchestration scheduled; -1 for what came in. */
  EventId: number;
  IsPlayed: boolean;
  /** UTC, with seven digits of fraction. */
  Timestamp: string;
  [member: string]: unknown;
}

/** What comes in: these are marked as played in every later episode. */
const INCOMING: ReadonlySet<number> = new Set([0, 5, 6, 8, 9, 11, 15, 17, 19, 20]);

/** The moment as the extension writes it. */
export function timestampOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '0000Z');
}

/** An event of the given type; members of `more` come first, as the real host writes them. */
export function historyEvent(type: number, at: string, more: Readonly<Record<string, unknown>> = {}): HistoryEvent {
  return {
    ...more,
    EventType: type,
    EventId: (more['EventId'] as number | undefined) ?? -1,
    IsPlayed: false,
    Timestamp: at,
  };
}

/** Whether an event came from outside rather than from the orchestration itself. */
export function isIncoming(event: HistoryEvent): boolean {
  return INCOMING.has(event.EventType) && event.EventId === -1;
}

/** The sequence number that an incoming event answers; undefined where it answers none. */
export function answeredId(event: HistoryEvent): number | undefined {
  switch (event.EventType) {
    case EventType.TaskCompleted:
    case EventType.TaskFailed:
    case EventType.SubOrchestrationInstanceCompleted:
    case EventType.SubOrchestrationInstanceFailed:
      return event['TaskScheduledId'] as number;
    case EventType.TimerFired:
      return event['TimerId'] as number;
    default:
      return undefined;
  }
}

/** Whether an event says that an activity or a sub-orchestration failed. */
export function isFailure(event: HistoryEvent): boolean {
  return event.EventType === EventType.TaskFailed || event.EventType === EventType.SubOrchestrationInstanceFailed;
}
