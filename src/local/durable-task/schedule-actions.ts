import { entityIdOf, lastSentTo, lockMessage, releaseMessage, requestMessage } from './entity-messages';
import { followUp, pieceOf, type FollowUp, type Scheduled } from './follow-ups';
import { endedIds, EVENT, historyEvent, timestamp } from './history-event';
import type { HistoryEvent, Message, Operation, Orchestration, PlanChange } from './model';
import { ACTION, type Action } from './sdk-answer';

/** Name under which the extension schedules `callHttp`. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

/** What the core has to know of the app and the world; ids and times come from outside so that it stays pure. */
export interface Facts {
  hasActivity(name: string): boolean;
  hasOrchestrator(name: string): boolean;
  defaultVersion: string | null;
  newId(): string;
}

/** What an orchestrator's new actions turn into. */
export interface Outcome {
  events: HistoryEvent[];
  outbox: Message[];
  plan: PlanChange;
  /** Set where the orchestration goes on as a new execution. */
  again: { input: string | null } | undefined;
}

/**
 * Turns what came in and what the orchestrator asks for into history events, messages and a change of the plan.
 * @param fresh the events of this episode, OrchestratorStarted first
 */
export function scheduleActions(
  one: Orchestration,
  actions: readonly Action[],
  fresh: readonly HistoryEvent[],
  facts: Facts,
): Outcome {
  return new Scheduler(one, actions, fresh, facts).run();
}

class Scheduler {
  private readonly events: HistoryEvent[] = [];
  private readonly outbox: Message[] = [];
  private readonly plan: PlanChange;
  private readonly now: number;
  private again: Outcome['again'];

  constructor(
    private readonly one: Orchestration,
    private readonly actions: readonly Action[],
    private readonly fresh: readonly HistoryEvent[],
    private readonly facts: Facts,
  ) {
    const { nextId, lockSet } = one.plan;
    this.plan = { nextId, ids: [], followUps: [], cancelled: [], lockSet };
    this.now = Date.parse(fresh[0]?.Timestamp ?? '');
  }

  run(): Outcome {
    for (const event of this.fresh) {
      const next = followUp(event, this.one.plan, this.actions, this.now, this.plan.nextId);
      if (next !== undefined) this.follow(next);
    }
    this.actions.forEach((action, index) => {
      const known = this.one.plan.ids[index];
      if (known === undefined) return;
      // An action that a rewind took back is scheduled once more, under the number that it had.
      if (this.one.plan.redo.has(known)) this.task(known, action);
      else if (action.actionType === ACTION.timer && action.isCanceled === true) this.cancel(index, known);
    });
    for (let index = this.one.plan.ids.length; index < this.actions.length; index += 1) {
      const action = this.actions[index];
      if (action === undefined || !this.isImplemented(action)) break;
      this.schedule(action, index);
    }
    return { events: this.events, outbox: this.outbox, plan: this.plan, again: this.again };
  }

  /** The real host stops at an action that no function implements, without a word, and so at all that follow. */
  private isImplemented({ actionType, functionName = '' }: Action): boolean {
    if (actionType === ACTION.activity || actionType === ACTION.activityWithRetry) {
      return this.facts.hasActivity(functionName);
    }
    if (actionType === ACTION.child || actionType === ACTION.childWithRetry) {
      return this.facts.hasOrchestrator(functionName);
    }
    return true;
  }

  private follow(next: Scheduled): void {
    const action = this.actions[next.index];
    if (action === undefined) return;
    this.plan.nextId = Math.max(this.plan.nextId, next.id + (next.next?.kind === 'poll' ? 2 : 1));
    this.plan.ids.push([next.index, next.id]);
    if (next.kind === 'timer') this.timer(next.id, next.fireAt);
    else if (next.kind === 'poll') this.http(next.id, action, next.location);
    else this.task(next.id, action);
    if (next.next !== undefined) this.plan.followUps.push([next.id, next.next]);
  }

  private schedule(action: Action, index: number): void {
    const id = this.plan.nextId;
    const first: FollowUp = { kind: 'attempt', index, attempt: 1, firstAt: this.now };
    let taken = 1;
    switch (action.actionType) {
      case ACTION.activity:
      case ACTION.child:
        this.task(id, action);
        break;
      case ACTION.activityWithRetry:
      case ACTION.childWithRetry:
        this.task(id, action);
        this.plan.followUps.push([id, first]);
        break;
      case ACTION.timer: {
        const due = Date.parse(action.fireAt ?? '');
        const fireAt = pieceOf(due, this.now);
        this.timer(id, fireAt, fireAt === due ? action.fireAt : undefined);
        if (fireAt !== due) this.plan.followUps.push([id, { kind: 'long-timer', index }]);
        this.plan.ids.push([index, id]);
        if (action.isCanceled === true) this.plan.cancelled.push(id);
        break;
      }
      case ACTION.http:
        this.task(id, action);
        this.plan.followUps.push([id, { kind: 'http', index }]);
        break;
      case ACTION.callEntity:
      case ACTION.signalEntity:
        this.operate(id, action);
        break;
      case ACTION.lock:
        this.lock(id, action);
        break;
      case ACTION.release:
        taken = this.release(id);
        break;
      case ACTION.continueAsNew:
        // Always the last action, and new until it happens: it waits for what is still open.
        this.again = { input: textOf(action.input) };
        return;
      case ACTION.waitForEvent:
        taken = 0;
        break;
      default:
        throw new Error(`The embedded host does not support the action type ${action.actionType}.`);
    }
    if (action.actionType !== ACTION.timer) this.plan.ids.push([index, taken === 0 ? -1 : id]);
    this.plan.nextId += taken;
  }

  private cancel(index: number, id: number): void {
    const current = this.plan.ids.findLast(([place]) => place === index)?.[1] ?? id;
    if (this.one.plan.cancelled.has(current)) return;
    // Fired timers stay as they are; only a timer that is still to come can be outstanding.
    if (endedIds([...this.one.history, ...this.fresh]).timers.has(current)) return;
    this.plan.cancelled.push(current);
  }

  private add(type: number, id: number, more: Readonly<Record<string, unknown>>): void {
    this.events.push({ ...historyEvent(type, more), EventId: id });
  }

  private timer(id: number, fireAt: number, written?: string): void {
    this.add(EVENT.timerCreated, id, { FireAt: written ?? timestamp(fireAt) });
  }

  private task(id: number, action: Action): void {
    if (action.actionType === ACTION.child || action.actionType === ACTION.childWithRetry) this.child(id, action);
    else if (action.actionType === ACTION.http) this.http(id, action);
    else this.activity(id, action.functionName ?? '', action.input ?? null);
  }

  private activity(id: number, name: string, input: unknown): void {
    const fixed = { Name: name, Version: '', Input: null, ParentTraceContext: null, Tags: null };
    this.add(EVENT.taskScheduled, id, { ...fixed, ActivityInput: input });
  }

  private http(id: number, action: Action, location?: string): void {
    const request = action.httpRequest;
    if (request === undefined) return;
    const { content: _, ...rest } = request;
    const poll = location === undefined ? request : { ...rest, method: 'GET', uri: location, base: request.uri };
    this.activity(id, HTTP_ACTIVITY, poll);
  }

  private child(id: number, action: Action): void {
    const { one } = this;
    const name = action.functionName ?? '';
    const given = action.instanceId ?? '';
    const child = given === '' ? `${one.executionId}:${id}` : given;
    const version = action.version ?? this.facts.defaultVersion;
    const fixed = { Input: null, ClientSpanId: null, Tags: null };
    this.add(EVENT.childCreated, id, { Name: name, Version: version, InstanceId: child, ...fixed });
    const input = action.input === undefined ? null : JSON.stringify(action.input);
    const { executionId } = one;
    const parent = { name: one.name, instanceId: one.id, executionId, taskId: id, version: one.version };
    this.outbox.push({ id: `${executionId}:${id}`, to: child, kind: 'start', name, version, input, parent });
  }

  private operate(id: number, action: Action): void {
    const entity = action.instanceId ?? '';
    const isSignal = action.actionType === ACTION.signalEntity;
    const input = action.input === undefined || action.input === null ? null : JSON.stringify(action.input);
    const name = action.operation ?? '';
    const operation = { ...this.operation('operation', name), input, isSignal };
    if (isSignal) operation.parent = null;
    const predecessor = lastSentTo(entity, [...this.one.history, ...this.events]);
    const times = { sentAt: timestamp(this.now), predecessor, requestTime: timestamp() };
    this.send(id, entity, 'op', requestMessage(operation, this.one, times), operation);
  }

  private lock(id: number, action: Action): void {
    const lockSet = [...new Set((action.lockSet ?? []).map(({ name, key }) => entityIdOf(name, key)))].sort();
    const operation = { ...this.operation('lock', ''), lockSet };
    const [first = ''] = lockSet;
    this.plan.lockSet = lockSet;
    this.send(id, first, 'op', lockMessage(operation, this.one, timestamp(this.now)), operation);
  }

  private release(id: number): number {
    const lockSet = this.plan.lockSet ?? [];
    lockSet.forEach((entity, index) => {
      const operation = this.operation('release', '');
      this.send(id + index, entity, 'release', releaseMessage(this.one, operation.id), operation);
    });
    this.plan.lockSet = null;
    return lockSet.length;
  }

  private operation(kind: Operation['kind'], name: string): Operation {
    const { id: parent, executionId: parentExecution } = this.one;
    return { kind, id: this.facts.newId(), name, input: null, isSignal: false, parent, parentExecution, lockSet: [] };
  }

  private send(id: number, entity: string, name: string, input: string, operation: Operation): void {
    this.add(EVENT.eventSent, id, { InstanceId: entity, Name: name, Input: input });
    this.outbox.push({ id: `${this.one.executionId}:${id}`, to: entity, kind: 'operation', operation });
  }
}

function textOf(input: unknown): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === 'string' ? input : JSON.stringify(input);
}
