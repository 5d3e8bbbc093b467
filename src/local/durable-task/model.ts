/** A history event as the extension gives it to the SDK. */
export interface HistoryEvent {
  EventType: number;
  EventId: number;
  IsPlayed: boolean;
  Timestamp: string;
  [member: string]: unknown;
}

/** A message from one instance to another; `id` makes its delivery idempotent. */
export type Message = { id: string; to: string } & (
  | { kind: 'event'; event: HistoryEvent }
  | { kind: 'start'; name: string; version: string | null; input: string | null; parent: Parent }
  | { kind: 'operation'; operation: Operation }
);
export interface Parent {
  name: string;
  instanceId: string;
  executionId: string;
  taskId: number;
  version: string | null;
}
export interface Operation {
  id: string;
  name: string;
  input: string | null;
  isSignal: boolean;
  parent: string | null;
}
export type RuntimeStatus =
  'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'Suspended' | 'ContinuedAsNew';

/** Records of an orchestration's journal. */
export type Rec =
  | {
      t: 'created';
      id: string;
      executionId: string;
      name: string;
      version: string | null;
      input: string | null;
      parent: Parent | null;
      at: string;
      messageId: string | null;
    }
  | { t: 'inbox'; messageId: string; event: HistoryEvent }
  | {
      t: 'episode';
      events: HistoryEvent[];
      taken: string[];
      status: RuntimeStatus;
      output: string | null;
      customStatus: unknown;
      outbox: Message[];
      applied: number;
      cancelled: number[];
      done: { output: string | null } | null;
      at: string;
    }
  | { t: 'again'; executionId: string; input: string | null; at: string }
  | { t: 'status'; status: RuntimeStatus; output: string | null; outbox: Message[]; events: HistoryEvent[]; at: string }
  | { t: 'rewound'; event: HistoryEvent; at: string }
  | { t: 'sent'; ids: string[] };
/** Records of an entity's journal. */
export type EntityRec =
  | { t: 'entity'; id: string }
  | { t: 'operation'; messageId: string; operation: Operation }
  | { t: 'batch'; taken: string[]; exists: boolean; state: string | null; outbox: Message[]; at: string }
  | { t: 'sent'; ids: string[] };

export interface Orchestration {
  kind: 'orchestration';
  id: string;
  executionId: string;
  name: string;
  version: string | null;
  input: string | null;
  parent: Parent | null;
  createdTime: string;
  lastUpdatedTime: string;
  status: RuntimeStatus;
  output: string | null;
  customStatus: unknown;
  history: HistoryEvent[];
  inbox: { messageId: string; event: HistoryEvent }[];
  seen: Set<string>;
  outbox: Map<string, Message>;
  applied: number;
  cancelledTimers: Set<number>;
  done: { output: string | null } | null;
  busy: boolean;
  executions: number;
}
export interface Entity {
  kind: 'entity';
  id: string;
  exists: boolean;
  state: string | null;
  queue: { messageId: string; operation: Operation }[];
  seen: Set<string>;
  outbox: Map<string, Message>;
  lastUpdatedTime: string;
  busy: boolean;
}
