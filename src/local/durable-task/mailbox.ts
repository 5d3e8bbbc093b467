import { randomUUID } from 'node:crypto';
import { entityIdOf, parseEntityId } from './entity-messages';
import { EVENT, historyEvent, timestamp } from './history-event';
import type { InstanceStore } from './instance-store';
import { isTerminal, type Entity, type HistoryEvent, type Message, type Operation, type Orchestration } from './model';

/** What the mailbox tells others of. */
export interface Receivers {
  orchestration(one: Orchestration): void;
  entity(one: Entity): void;
  failed(error: unknown): void;
}

/** What a new instance is made of. */
export interface CreateRequest extends Pick<Orchestration, 'id' | 'name' | 'version' | 'input' | 'parent'> {
  /** Makes a repeated request harmless; null where every request is a new one. */
  messageId: string | null;
}

/** Brings messages from outboxes to inboxes: at least once by the journal, once by what receivers have seen. */
export class Mailbox {
  constructor(
    private readonly store: InstanceStore,
    private readonly tell: Receivers,
  ) {}

  /** Starts an instance; one that had its id makes place. Resolves once it is on disk. */
  async create(request: CreateRequest): Promise<Orchestration> {
    const { id, messageId } = request;
    const existing = this.store.orchestrations.get(id);
    if (existing !== undefined && messageId !== null && existing.seen.has(messageId)) return existing;
    // A child's execution id is written without dashes on the real host.
    const executionId = request.parent === null ? randomUUID() : randomUUID().replaceAll('-', '');
    const generation = existing === undefined ? 0 : existing.generation + 1;
    const one = await this.store.create({ t: 'created', ...request, executionId, generation, at: timestamp() });
    this.tell.orchestration(one);
    return one;
  }

  /**
   * Puts an event into an inbox. Dropped where the instance is gone, has ended, has seen it, or has gone on to another
   * execution than the one it is for.
   */
  async post(id: string, messageId: string, event: HistoryEvent, execution: string | null): Promise<void> {
    const one = this.store.orchestrations.get(id);
    if (one === undefined || isTerminal(one.status) || one.seen.has(messageId)) return;
    if (execution !== null && execution !== one.executionId) return;
    await this.store.write(one, { t: 'inbox', messageId, event });
    this.tell.orchestration(one);
  }

  /** Puts an operation into the queue of an entity, which need not exist. */
  async operate(id: string, messageId: string, operation: Operation): Promise<void> {
    const { name, key } = parseEntityId(id) ?? { name: id, key: '' };
    const one = this.store.entity(entityIdOf(name, key));
    if (one.seen.has(messageId)) return;
    await this.store.writeEntity(one, { t: 'operation', messageId, operation });
    this.tell.entity(one);
  }

  /** Delivers what stands in an outbox. */
  deliver({ id: from, outbox }: Orchestration | Entity): void {
    const messages = [...outbox.values()];
    if (messages.length === 0) return;
    outbox.clear();
    void Promise.all(messages.map((message) => this.receive(message)))
      .then(() =>
        this.store.sent(
          from,
          messages.map(({ id }) => id),
        ),
      )
      .catch((error: unknown) => this.tell.failed(error));
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'event') await this.post(message.to, message.id, message.event, message.execution);
    else if (message.kind === 'operation') await this.operate(message.to, message.id, message.operation);
    else await this.startChild(message);
  }

  /** An id that a running instance has is refused: that instance must not be lost to a namesake. */
  private async startChild(message: Message & { kind: 'start' }): Promise<void> {
    const { to: id, id: messageId, name, version, input, parent } = message;
    const existing = this.store.orchestrations.get(id);
    if (existing === undefined || isTerminal(existing.status) || existing.seen.has(messageId)) {
      await this.create({ id, name, version, input, parent, messageId });
      return;
    }
    const event = historyEvent(EVENT.childFailed, {
      TaskScheduledId: parent.taskId,
      Reason: `An Orchestration instance with the status ${existing.status} already exists.`,
      Details: '',
      FailureDetails: null,
    });
    await this.post(parent.instanceId, `refused:${messageId}`, event, parent.executionId);
  }
}
