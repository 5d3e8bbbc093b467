import type { AlertSeverity, AlertState } from './alert';

/** Alerts that are told of together. Times are ISO 8601, UTC. */
export interface AlertGroup {
  /** Also the instance id of its escalation. */
  readonly id: string;
  readonly key: string;
  readonly route: string;
  /** Whether it stands for whatever came during a storm. */
  readonly storm: boolean;
  readonly createdAt: string;
  /** When the first message is due. */
  readonly dueAt: string;
  /** Ids, in the order in which they joined; at most 500, `joined` has the full number. */
  readonly alerts: readonly string[];
  readonly joined: number;
  readonly closedAt: string | null;
}

/** How one message went. */
export type SendState =
  /** Begun; whoever finds it so does not know what became of it. */
  | 'sending'
  | 'sent'
  /** The other side did not take it. */
  | 'refused'
  /** Nobody knows whether it arrived, and it was not tried again. */
  | 'unknown';

/** One message to one channel. */
export interface AlertSend {
  readonly group: string;
  /** See `messageIdOf`. */
  readonly message: string;
  readonly channel: string;
  readonly state: SendState;
  /** The key by which the other side knows the message: a UUID. */
  readonly key: string;
  readonly attempts: number;
  /** Attempts of which nobody knows what became. */
  readonly unknown: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** Id of a ticket, or of the provider's operation. */
  readonly reference: string | null;
  /** Why it was not taken, or what else there is to say. */
  readonly detail: string | null;
}

/** One alert in a message. */
export interface MessageItem {
  readonly id: string;
  readonly severity: AlertSeverity;
  readonly state: AlertState;
  readonly title: string;
  readonly what: string;
  readonly data: string;
  readonly todo: string;
  readonly since: string;
  readonly count: number;
  readonly runUrl: string | null;
  readonly runbookUrl: string | null;
}

/** What is said to people, whichever channel carries it. Holds no row values and no secrets. */
export interface AlertMessage {
  readonly about: 'raised' | 'more' | 'reminder' | 'resolved' | 'test';
  readonly group: string;
  readonly environment: string;
  readonly severity: AlertSeverity;
  /** One line. */
  readonly title: string;
  readonly items: readonly MessageItem[];
  /** Alerts of the group that are not shown. */
  readonly more: number;
  /** What Sluice did by itself. */
  readonly done: readonly string[];
  readonly alertUrl: string | null;
  /** By which it is acknowledged without signing in; null where there is none. */
  readonly acknowledgeUrl: string | null;
  /** It may have arrived before: nobody knows. */
  readonly again: boolean;
}
