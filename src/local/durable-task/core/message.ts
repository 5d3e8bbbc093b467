import type { HistoryEvent } from './history-event';

/** Who started a sub-orchestration, and as which of its tasks. */
export interface Parent {
  readonly name: string;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly version: string | null;
}

/** A call, signal, lock request or release on its way to an entity. */
export type EntityMessage =
  | {
      readonly kind: 'operation';
      readonly id: string;
      readonly name: string;
      /** JSON text. */
      readonly input: string | null;
      readonly isSignal: boolean;
      /** Instance that waits for the answer; null for a signal. */
      readonly caller: string | null;
    }
  | {
      readonly kind: 'lock';
      readonly id: string;
      readonly caller: string;
      /** Entities to lock one after another, in the order that all orchestrations use. */
      readonly entities: readonly string[];
      readonly position: number;
    }
  | { readonly kind: 'release'; readonly id: string; readonly caller: string };

/** A message from one instance to another. `id` makes a second delivery harmless. */
export type Message = { readonly id: string; readonly to: string } & (
  | {
      readonly kind: 'event';
      readonly event: HistoryEvent;
      /** The life that the event is for; undefined for any. */
      readonly executionId?: string;
    }
  | {
      readonly kind: 'start';
      readonly name: string;
      readonly version: string | null;
      readonly input: string | null;
      readonly parent: Parent;
    }
  | { readonly kind: 'entity'; readonly message: EntityMessage }
);
