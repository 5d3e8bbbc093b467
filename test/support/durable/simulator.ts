import type { EntityContext, OrchestrationContext } from 'durable-functions';
import {
  ACTION,
  EVENT,
  createEntityFunction,
  createOrchestrator,
  flatten,
  triggerOf,
  type Action,
  type HistoryEvent,
} from './sdk';

type Json = unknown;

/** An activity of a test: gets the input, gives the result or throws. */
export type SimulatedActivity = (input: never, call: { readonly now: number; readonly instanceId: string }) => Json;

export interface Program {
  readonly orchestrators: Readonly<Record<string, (context: OrchestrationContext) => Generator>>;
  readonly entities: Readonly<Record<string, (context: EntityContext<never>) => void>>;
  readonly activities: Readonly<Record<string, SimulatedActivity>>;
}

/** An orchestration as the simulator ran it: everything that a replay needs. */
export interface SimulatedInstance {
  readonly id: string;
  readonly name: string;
  input: Json;
  readonly parent: string | undefined;
  readonly version: string;
  readonly history: HistoryEvent[];
  actions: Action[];
  customStatuses: Json[];
  output: Json;
  status: 'Running' | 'Completed' | 'Failed';
  /** How often it began anew with another input. */
  generation: number;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly deliver: () => Promise<void>;
}

/**
 * A durable host in a few lines, with a clock of its own: feeds the SDK's real handlers one event per episode and does
 * what their actions say. Timers cost no time. Activities take 10 ms each.
 */
export class Simulator {
  now = Date.parse('2026-01-01T00:00:00.000Z');
  readonly instances = new Map<string, SimulatedInstance>();
  readonly entities = new Map<string, string>();
  /** Every activity call in order. */
  readonly calls: { readonly name: string; readonly input: Json; readonly at: number }[] = [];
  readonly #queue: Due[] = [];
  #order = 0;

  constructor(private readonly program: Program) {}

  /** Starts an orchestration and runs everything until nothing is due any more. */
  async run(name: string, id: string, input: Json): Promise<SimulatedInstance> {
    const instance = this.start(name, id, input);
    await this.drain();
    return instance;
  }

  start(name: string, id: string, input: Json, parent?: string, version = '1.0'): SimulatedInstance {
    const instance: SimulatedInstance = {
      id,
      name,
      input,
      parent,
      version,
      history: [],
      actions: [],
      customStatuses: [],
      output: undefined,
      status: 'Running',
      generation: 0,
    };
    this.instances.set(id, instance);
    this.#later(0, () => this.#episode(instance, EVENT.executionStarted, { Name: name, Version: version }));
    return instance;
  }

  /** Sends an event to an instance after some time; it is lost where nobody waits for it. */
  raise(id: string, name: string, afterMs: number): void {
    this.#later(afterMs, async () => {
      const instance = this.instances.get(id);
      if (instance) await this.#episode(instance, EVENT.eventRaised, { Name: name, Input: '{}' });
    });
  }

  /** Runs what is due, in the order of time, until there is nothing left or the clock has reached `until`. */
  async drain(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      this.#queue.sort((one, other) => one.at - other.at || one.order - other.order);
      const next = this.#queue[0];
      if (next === undefined || next.at > until) return;
      this.#queue.shift();
      this.now = Math.max(this.now, next.at);
      await next.deliver();
    }
  }

  #later(milliseconds: number, deliver: () => Promise<void>): void {
    this.#queue.push({ at: this.now + milliseconds, order: this.#order++, deliver });
  }

  #event(type: number, fields: object): HistoryEvent {
    return { EventType: type, EventId: -1, Timestamp: new Date(this.now), IsPlayed: false, ...fields } as HistoryEvent;
  }

  async #episode(instance: SimulatedInstance, type: number, fields: object): Promise<void> {
    if (instance.status !== 'Running') return;
    const { history } = instance;
    for (const event of history) event.IsPlayed = isIncoming(event.EventType);
    history.push(this.#event(EVENT.orchestratorStarted, {}), this.#event(type, fields));
    const handler = createOrchestrator(this.#orchestrator(instance.name));
    // The wire is JSON both ways; only timestamps become dates again.
    const input: Json = instance.input === undefined ? undefined : JSON.parse(JSON.stringify(instance.input));
    let state;
    try {
      state = await handler(triggerOf(instance.id, input, [...history], instance.parent), quietContext());
    } catch (error) {
      instance.status = 'Failed';
      instance.output = error instanceof Error ? error.message.split('\n\n$OutOfProcData$')[0] : String(error);
      this.#tellParent(instance);
      return;
    }
    const actions = flatten(state.actions[0] ?? []);
    // Waiting for an event schedules nothing, so it has no number.
    const scheduled = (before: number) => actions.slice(0, before).filter(isScheduled).length;
    for (let at = instance.actions.length; at < actions.length; at++)
      this.#perform(instance, actions[at]!, scheduled(at));
    instance.actions = actions;
    if (state.customStatus !== undefined) instance.customStatuses.push(JSON.parse(JSON.stringify(state.customStatus)));
    history.push(this.#event(EVENT.orchestratorCompleted, {}));
    if (!state.isDone) return;
    const anew = actions.find(({ actionType }) => actionType === ACTION.continueAsNew);
    if (anew !== undefined) {
      instance.generation += 1;
      instance.input = anew.input;
      instance.actions = [];
      history.length = 0;
      this.#later(0, () =>
        this.#episode(instance, EVENT.executionStarted, { Name: instance.name, Version: instance.version }),
      );
      return;
    }
    instance.status = 'Completed';
    instance.output = JSON.parse(JSON.stringify(state.output ?? null));
    this.#tellParent(instance);
  }

  #perform(instance: SimulatedInstance, action: Action, id: number): void {
    const { history } = instance;
    const { generation } = instance;
    const resume = (type: number, fields: object) => async () => {
      if (instance.generation === generation) await this.#episode(instance, type, fields);
    };
    switch (action.actionType) {
      case ACTION.activity:
        history.push(this.#event(EVENT.taskScheduled, { EventId: id, Name: action.functionName, Input: null }));
        this.#later(10, async () => this.#activity(instance, action, id));
        return;
      case ACTION.child:
        history.push(
          this.#event(EVENT.childCreated, { EventId: id, Name: action.functionName, InstanceId: action.instanceId }),
        );
        this.#children.set(action.instanceId!, { parent: instance, id });
        this.start(action.functionName!, action.instanceId!, action.input, instance.id, action.version);
        return;
      case ACTION.timer: {
        const fireAt = new Date(action.fireAt!);
        history.push(this.#event(EVENT.timerCreated, { EventId: id, FireAt: fireAt }));
        this.#later(fireAt.getTime() - this.now, resume(EVENT.timerFired, { TimerId: id, FireAt: fireAt }));
        return;
      }
      case ACTION.callEntity:
      case ACTION.signalEntity: {
        const request = `${instance.id}:${id}`;
        history.push(this.#event(EVENT.eventSent, { EventId: id, Name: 'op', Input: JSON.stringify({ id: request }) }));
        this.#later(1, async () => {
          const result = await this.#entity(action);
          if (action.actionType === ACTION.signalEntity) return;
          await this.#episode(instance, EVENT.eventRaised, { Name: request, Input: JSON.stringify(result) });
        });
        return;
      }
      case ACTION.awaitEvent:
      case ACTION.continueAsNew:
        return;
      default:
        throw new Error(`the simulator knows no action of type ${action.actionType}`);
    }
  }

  readonly #children = new Map<string, { readonly parent: SimulatedInstance; readonly id: number }>();

  #tellParent(child: SimulatedInstance): void {
    const link = this.#children.get(child.id);
    if (!link) return;
    const [type, fields] =
      child.status === 'Completed'
        ? [EVENT.childCompleted, { Result: JSON.stringify(child.output) }]
        : [
            EVENT.childFailed,
            { Reason: `Orchestrator function '${child.name}' failed: ${String(child.output)}`, Details: 'x' },
          ];
    this.#later(1, () => this.#episode(link.parent, type, { TaskScheduledId: link.id, ...fields }));
  }

  async #activity(instance: SimulatedInstance, action: Action, id: number): Promise<void> {
    const name = action.functionName!;
    const activity = this.program.activities[name];
    // As the real host does: the orchestration stays Running for ever.
    if (!activity) throw new Error(`no activity ${name}`);
    const input: Json = JSON.parse(JSON.stringify(action.input));
    this.calls.push({ name, input, at: this.now });
    try {
      const result = await activity(input as never, { now: this.now, instanceId: instance.id });
      await this.#episode(instance, EVENT.taskCompleted, {
        TaskScheduledId: id,
        Result: JSON.stringify(result ?? null),
      });
    } catch (error) {
      const Reason = `Activity function '${name}' failed:  ${(error as Error).message}`;
      await this.#episode(instance, EVENT.taskFailed, { TaskScheduledId: id, Reason, Details: 'a dump' });
    }
  }

  async #entity(action: Action): Promise<{ readonly result?: string | undefined; readonly exceptionType?: string }> {
    const [, name, key] = action.instanceId!.split('@');
    const entity = this.program.entities[name!];
    if (!entity) throw new Error(`no entity ${name}`);
    const state = this.entities.get(action.instanceId!);
    const batch = [{ name: action.operation, input: JSON.stringify(action.input), isSignal: false, id: 'x' }];
    const handler = createEntityFunction(entity as never);
    const trigger = { self: { name, key }, exists: state !== undefined, state, batch };
    const answer = await handler(trigger, quietContext());
    if (answer.entityExists && answer.entityState !== undefined) {
      this.entities.set(action.instanceId!, answer.entityState);
    } else if (!answer.entityExists) this.entities.delete(action.instanceId!);
    const result = answer.results[0];
    return result?.isError ? { exceptionType: 'Error', result: result.result } : { result: result?.result };
  }

  #orchestrator(name: string): (context: OrchestrationContext) => Generator {
    const orchestrator = this.program.orchestrators[name];
    if (!orchestrator) throw new Error(`no orchestrator ${name}`);
    return orchestrator;
  }
}

/** Events that come in from outside, as against those that the orchestration's own actions make. */
function isIncoming(type: number): boolean {
  return ![EVENT.orchestratorStarted, EVENT.orchestratorCompleted, EVENT.taskScheduled, EVENT.childCreated]
    .concat([EVENT.timerCreated, EVENT.eventSent] as never)
    .includes(type as never);
}

function quietContext(): object {
  const nothing = () => undefined;
  return { df: undefined, info: nothing, warn: nothing, error: nothing, log: nothing };
}

function isScheduled({ actionType }: Action): boolean {
  return actionType !== ACTION.awaitEvent && actionType !== ACTION.continueAsNew;
}
