import { concludeEpisode, freshEvents, nextBatch } from '../../../src/local/durable-task/episode';
import { historyEvent } from '../../../src/local/durable-task/history-event';
import type { Again, Episode, HistoryEvent, Orchestration } from '../../../src/local/durable-task/model';
import { applyRecord, newOrchestration } from '../../../src/local/durable-task/orchestration';
import type { Facts } from '../../../src/local/durable-task/schedule-actions';
import type { Action, OrchestratorState } from '../../../src/local/durable-task/sdk-answer';

/** An orchestration that is played without host, disk and SDK: the test says what the orchestrator answers. */
export class PlayedOrchestration {
  readonly one: Orchestration;
  private messages = 0;
  private ids = 0;
  private readonly facts: Facts = {
    hasActivity: (name) => name !== 'nobody',
    hasOrchestrator: (name) => name !== 'nobody',
    defaultVersion: '1.0',
    newId: () => `id-${(this.ids += 1)}`,
  };

  constructor(parent: Orchestration['parent'] = null) {
    this.one = newOrchestration({
      t: 'created',
      id: 'instance',
      executionId: 'execution',
      name: 'tested',
      version: '1.0',
      input: null,
      parent,
      generation: 0,
      at: '2026-01-01T00:00:00.0000000Z',
      messageId: null,
    });
  }

  /** Puts an event into the inbox. */
  receive(EventType: number, more: Readonly<Record<string, unknown>> = {}): this {
    const event = historyEvent(EventType, more);
    applyRecord(this.one, { t: 'inbox', messageId: `message-${(this.messages += 1)}`, event });
    return this;
  }

  /** One episode: all actions so far, and what else the orchestrator answers. */
  play(actions: readonly Action[], more: Partial<OrchestratorState> = {}): Episode | Again {
    const batch = nextBatch(this.one);
    const state = { isDone: false, output: 'null', error: undefined, customStatus: null, ...more };
    const record = concludeEpisode(
      this.one,
      batch,
      freshEvents(batch, this.one.history),
      { ...state, actions: [...actions] },
      this.facts,
    );
    applyRecord(this.one, record);
    return record;
  }

  /** Type and number of everything that was scheduled, in order. */
  scheduled(): [type: number, id: number][] {
    return this.one.history.filter(({ EventId }) => EventId >= 0).map(({ EventType, EventId }) => [EventType, EventId]);
  }

  last(type: number): HistoryEvent {
    const found = this.one.history.findLast(({ EventType }) => EventType === type);
    if (found === undefined) throw new Error(`There is no event ${type}.`);
    return found;
  }
}
