import type { AlertMessage } from '../model/alert-group';

/** How one message is to be delivered. */
export interface Delivery {
  /** A UUID by which the other side can know the message: the same in every attempt. */
  readonly key: string;
  /** When the first attempt was made; ISO 8601, UTC. */
  readonly firstAt: string;
  /** An earlier attempt may have arrived: nobody knows. */
  readonly again: boolean;
  /** What the group's first message gave on this channel, such as the id of a ticket; null where there was none. */
  readonly reference: string | null;
}

export interface Delivered {
  /** Id of a ticket, or of the provider's operation; null where there is none. */
  readonly reference: string | null;
  /** What else there is to say; null for nothing. */
  readonly detail: string | null;
}

/** Where messages go. */
export interface Channel {
  /**
   * Whether the same message twice arrives once: the other side knows its key, or can be asked. Where it cannot, a message of which nobody knows what became
   * is sent a second time, and says so.
   */
  readonly knowsRepeats: boolean;
  /** @throws {AlertNotSentError} where it did not arrive, or nobody knows. */
  send(message: AlertMessage, delivery: Delivery): Promise<Delivered>;
}
