import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { DurableExtension } from '../host/durable-extension';
import type { HostConfig } from '../host/host-config';
import type { HostLog } from '../host/host-log';
import type { FunctionApp, InvocationOutcome } from '../worker/function-app';
import type { RpcTypedData } from '../worker/rpc';
import { Journals } from './journal';
import { managementApi } from './management-api';
import type { Entity, EntityRec, HistoryEvent, Message, Orchestration, Parent, Rec } from './model';

const timestamp = (): string => new Date().toISOString().replace('Z', '0000Z');
const event = (EventType: number, more: Record<string, unknown> = {}): HistoryEvent => ({
  EventType,
  EventId: -1,
  IsPlayed: false,
  Timestamp: timestamp(),
  ...more,
});
const TERMINAL = new Set(['Completed', 'Failed', 'Terminated']);
const EXTENSION = 'Microsoft.Azure.WebJobs.Extensions.DurableTask';

interface Action {
  actionType: number;
  functionName?: string;
  input?: unknown;
  instanceId?: string;
  version?: string;
  fireAt?: string;
  isCanceled?: boolean;
  operation?: string;
  compoundActions?: Action[];
}

/** The durable engine. */
export class Engine {
  readonly orchestrations = new Map<string, Orchestration>();
  readonly entities = new Map<string, Entity>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly triggers: Record<
    'orchestrationTrigger' | 'activityTrigger' | 'entityTrigger',
    Map<string, { name: string; trigger: string }>
  >;
  private readonly journals: Journals;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private stopped = false;
  private readonly held = new Set<string>();
  readonly defaultVersion: string | null;
  private readonly maxActivities: number;

  constructor(
    private readonly app: FunctionApp,
    folder: string,
    config: HostConfig,
    private readonly log: HostLog,
  ) {
    this.journals = new Journals(folder);
    const of = (type: string): Map<string, { name: string; trigger: string }> =>
      new Map(
        app.functions
          .filter(({ trigger }) => trigger.type.toLowerCase() === type.toLowerCase())
          .map((fn) => [fn.name.toLowerCase(), { name: fn.name, trigger: fn.trigger.name }]),
      );
    this.triggers = {
      orchestrationTrigger: of('orchestrationTrigger'),
      activityTrigger: of('activityTrigger'),
      entityTrigger: of('entityTrigger'),
    };
    const version = config.durableTask['defaultVersion'];
    this.defaultVersion = typeof version === 'string' ? version : null;
    this.maxActivities = Number(config.durableTask['maxConcurrentActivityFunctions'] ?? 10);
  }

  start(): void {
    for (const records of this.journals.load()) this.restore(records as (Rec | EntityRec)[]);
    for (const one of this.orchestrations.values()) {
      this.deliver(one.id, one.outbox);
      if (!TERMINAL.has(one.status)) this.resumeWork(one);
      this.pump(one);
    }
    for (const one of this.entities.values()) {
      this.deliver(one.id, one.outbox);
      this.pumpEntity(one);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.journals.closeAll();
  }

  private restore(records: (Rec | EntityRec)[]): void {
    const first = records[0];
    if (first?.t === 'entity') {
      const one = this.newEntity(first.id);
      for (const record of records.slice(1) as EntityRec[]) this.applyEntity(one, record);
    } else if (first?.t === 'created') {
      const one = this.newOrchestration(first);
      for (const record of records.slice(1) as Rec[]) this.apply(one, record);
    }
  }

  private newOrchestration(record: Rec & { t: 'created' }): Orchestration {
    const one: Orchestration = {
      kind: 'orchestration',
      id: record.id,
      executionId: record.executionId,
      name: record.name,
      version: record.version,
      input: record.input,
      parent: record.parent,
      createdTime: record.at,
      lastUpdatedTime: record.at,
      status: 'Pending',
      output: null,
      customStatus: null,
      history: [],
      inbox: [],
      seen: new Set(record.messageId === null ? [] : [record.messageId]),
      outbox: new Map(),
      applied: 0,
      cancelledTimers: new Set(),
      done: null,
      busy: false,
      executions: 0,
    };
    one.inbox.push({ messageId: 'start', event: this.startedEvent(one, record.at) });
    this.orchestrations.set(one.id, one);
    return one;
  }

  private startedEvent(one: Orchestration, at: string): HistoryEvent {
    const parent = one.parent;
    return event(0, {
      OrchestrationInstance: { InstanceId: one.id, ExecutionId: one.executionId },
      ParentInstance:
        parent === null
          ? null
          : {
              Name: parent.name,
              OrchestrationInstance: { InstanceId: parent.instanceId, ExecutionId: parent.executionId },
              TaskScheduleId: parent.taskId,
              Version: parent.version,
            },
      Name: one.name,
      Version: one.version ?? '',
      Input: one.input,
      Tags: null,
      Correlation: null,
      ParentTraceContext: null,
      ScheduledStartTime: null,
      Generation: 0,
      GenerateNewTrace: false,
      Timestamp: at,
    });
  }

  private apply(one: Orchestration, record: Rec): void {
    if (record.t === 'inbox') {
      one.seen.add(record.messageId);
      one.inbox.push({ messageId: record.messageId, event: record.event });
    } else if (record.t === 'episode') {
      for (const old of one.history) if ([0, 5, 6, 8, 9, 11, 15].includes(old.EventType)) old.IsPlayed = true;
      one.history.push(...record.events);
      one.inbox = one.inbox.filter(({ messageId }) => !record.taken.includes(messageId));
      Object.assign(one, {
        status: record.status,
        output: record.output,
        customStatus: record.customStatus,
        applied: record.applied,
        done: record.done,
        lastUpdatedTime: record.at,
      });
      for (const id of record.cancelled) one.cancelledTimers.add(id);
      for (const message of record.outbox) one.outbox.set(message.id, message);
    } else if (record.t === 'again') {
      Object.assign(one, {
        executionId: record.executionId,
        input: record.input,
        history: [],
        applied: 0,
        done: null,
        executions: one.executions + 1,
        status: 'Running',
      });
      one.cancelledTimers.clear();
      one.inbox = [{ messageId: `start-${record.executionId}`, event: this.startedEvent(one, record.at) }];
    } else if (record.t === 'status') {
      Object.assign(one, { status: record.status, output: record.output, lastUpdatedTime: record.at });
      one.history.push(...record.events);
      for (const message of record.outbox) one.outbox.set(message.id, message);
    } else if (record.t === 'rewound') {
      one.history = one.history.filter(({ EventType }) => EventType !== 1 && EventType !== 6 && EventType !== 9);
      one.history.push(record.event);
      Object.assign(one, { status: 'Running', output: null, done: null, lastUpdatedTime: record.at });
    } else if (record.t === 'sent') for (const id of record.ids) one.outbox.delete(id);
  }

  private async write(one: Orchestration, record: Rec): Promise<void> {
    this.apply(one, record);
    await this.journals.append(one.id, record);
  }

  /** Creates an instance; `messageId` makes a repeated creation by a parent harmless. */
  async create(request: {
    id: string;
    name: string;
    version: string | null;
    input: string | null;
    parent: Parent | null;
    messageId: string | null;
  }): Promise<Orchestration> {
    const existing = this.orchestrations.get(request.id);
    if (existing !== undefined) {
      if (request.messageId !== null && existing.seen.has(request.messageId)) return existing;
      this.forget(existing);
    }
    const record: Rec = { t: 'created', executionId: randomUUID().replaceAll('-', ''), at: timestamp(), ...request };
    const one = this.newOrchestration(record as Rec & { t: 'created' });
    await this.journals.append(one.id, record);
    this.pump(one);
    return one;
  }

  forget(one: Orchestration): void {
    this.orchestrations.delete(one.id);
    for (const key of this.timers.keys()) if (key.startsWith(`${one.id}\n`)) this.clearTimer(key);
    this.journals.remove(one.id);
  }

  async post(id: string, messageId: string, posted: HistoryEvent): Promise<void> {
    const one = this.orchestrations.get(id);
    if (one === undefined || TERMINAL.has(one.status) || one.seen.has(messageId)) return;
    await this.write(one, { t: 'inbox', messageId, event: posted });
    this.pump(one);
  }

  /** An external event; kept also where nobody waits for it yet. */
  raise(id: string, name: string, input: string | null): Promise<void> {
    return this.post(id, randomUUID(), event(15, { Name: name, Input: input, ParentTraceContext: null }));
  }

  /** What the extension says of an entity that no function implements; undefined where one does. */
  unknownEntity(name: string): string | undefined {
    if (this.triggers.entityTrigger.has(name.toLowerCase())) return undefined;
    const known = [...this.triggers.entityTrigger.keys()].join(', ');
    return `The function '${name.toLowerCase()}' doesn't exist, is disabled, or is not an entity function. Additional info: The following are the known entity functions: ${known}`;
  }

  /** Runs a failed orchestration on: what failed last is taken out of the history and done again. */
  async rewind(one: Orchestration, reason: string): Promise<void> {
    await this.write(one, { t: 'rewound', event: event(17, { Data: reason === '' ? null : null }), at: timestamp() });
    this.resumeWork(one);
    for (const { EventType, EventId, InstanceId } of one.history.map(
      (each) => each as HistoryEvent & { InstanceId?: string },
    )) {
      const child = EventType === 7 ? this.orchestrations.get(InstanceId ?? '') : undefined;
      if (child?.status === 'Failed' && !endedIds(one.history).tasks.has(EventId)) await this.rewind(child, reason);
    }
    this.pump(one);
  }

  async setStatus(
    one: Orchestration,
    status: 'Terminated' | 'Suspended' | 'Running',
    output: string | null,
  ): Promise<void> {
    const outbox =
      status === 'Terminated' && one.parent !== null
        ? [this.failureToParent(one, one.parent, `Orchestrator function '${one.name}' failed: ${output ?? ''}`)]
        : [];
    const reason = output ?? '';
    const events =
      status === 'Suspended'
        ? [event(19, { Reason: reason })]
        : status === 'Running'
          ? [event(20, { Reason: reason })]
          : [
              event(3, { Input: reason }),
              event(1, { OrchestrationStatus: 'Terminated', Result: JSON.stringify(output), FailureDetails: null }),
            ];
    const shown = status === 'Running' ? null : output;
    await this.write(one, { t: 'status', status, output: shown, outbox, events, at: timestamp() });
    this.deliver(one.id, one.outbox);
    if (status === 'Running') this.pump(one);
  }

  private failureToParent(one: Orchestration, parent: Parent, reason: string): Message {
    return {
      id: `${one.executionId}:end`,
      to: parent.instanceId,
      kind: 'event',
      event: event(9, { TaskScheduledId: parent.taskId, Reason: reason, Details: '', FailureDetails: null }),
    };
  }

  private pump(one: Orchestration): void {
    if (
      one.busy ||
      this.stopped ||
      this.held.has(one.id) ||
      one.status === 'Suspended' ||
      TERMINAL.has(one.status) ||
      one.inbox.length === 0
    )
      return;
    one.busy = true;
    void this.episode(one)
      .catch((error: unknown) => {
        this.log(
          'error',
          'Host.Triggers.DurableTask',
          error instanceof Error ? (error.stack ?? error.message) : String(error),
        );
        return true;
      })
      // An episode that could not be processed is tried again, but never in a loop that starves everything else.
      .then((failed) => (failed === true ? new Promise((resolve) => setTimeout(resolve, 5000).unref()) : undefined))
      .finally(() => {
        one.busy = false;
        if (this.orchestrations.get(one.id) === one) this.pump(one);
      });
  }

  private async episode(one: Orchestration): Promise<void> {
    const next = one.inbox[0];
    if (next === undefined) return;
    const registered = this.triggers.orchestrationTrigger.get(one.name.toLowerCase());
    if (
      one.version !== null &&
      this.defaultVersion !== null &&
      one.history.length === 0 &&
      isNewer(one.version, this.defaultVersion)
    )
      return this.hold(one);
    const fresh: HistoryEvent[] = [event(12), { ...next.event, IsPlayed: false }];
    const execution = one.executionId;
    if (one.done !== null) {
      const events = [...fresh, event(13)];
      const settled = outstanding([...one.history, ...events], one.cancelledTimers) === 0;
      await this.finish(
        one,
        events,
        next.messageId,
        settled ? 'Completed' : 'Running',
        one.done,
        one.customStatus,
        [],
        one.applied,
        [],
      );
      return;
    }
    if (registered === undefined) {
      const reason = `Orchestrator function '${one.name}' failed: The function '${one.name}' doesn't exist, is disabled, or is not an orchestrator function.`;
      await this.fail(one, fresh, next.messageId, reason, null, [], 0, []);
      return;
    }
    const history = [...one.history, ...fresh];
    const payload = {
      history,
      input: one.input === null ? null : (JSON.parse(one.input) as unknown),
      instanceId: one.id,
      isReplaying: one.history.length > 0,
      parentInstanceId: one.parent?.instanceId ?? null,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: 3,
      longRunningTimerIntervalDuration: '3.00:00:00',
      maximumShortTimerDuration: '6.00:00:00',
      defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
    };
    const outcome = await this.app.invoke(registered.name, {
      triggerData: { json: JSON.stringify(payload) },
      triggerMetadata: { instanceId: { string: one.id } },
    });
    if (this.orchestrations.get(one.id) !== one || one.executionId !== execution || TERMINAL.has(one.status)) return;
    const { state, failed } = decodeState(outcome);
    const actions = flatten((state.actions ?? [[]])[0] ?? []);
    const done = this.act(one, actions, history, fresh);
    const customStatus = state.customStatus ?? null;
    const size = Buffer.byteLength(JSON.stringify(customStatus), 'utf16le');
    if (size > CUSTOM_STATUS_LIMIT) {
      const reason = `Orchestrator function '${one.name}' failed: The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${Math.round(size / 1024)} KB.`;
      await this.fail(one, fresh, next.messageId, reason, null, [], actions.length, []);
    } else if (failed)
      await this.fail(
        one,
        [...fresh, ...done.events],
        next.messageId,
        `Orchestrator function '${one.name}' failed: ${state.error ?? 'failed'}`,
        customStatus,
        done.outbox,
        actions.length,
        done.cancelled,
      );
    else if (done.again !== undefined) {
      await this.write(one, {
        t: 'again',
        executionId: randomUUID().replaceAll('-', ''),
        input: done.again,
        at: timestamp(),
      });
    } else {
      const events = [...fresh, ...done.events, event(13)];
      const cancelled = new Set([...one.cancelledTimers, ...done.cancelled]);
      const isDone = state.isDone === true;
      const output = state.output === undefined ? 'null' : JSON.stringify(state.output);
      const settled = isDone && outstanding([...one.history, ...events], cancelled) === 0;
      await this.finish(
        one,
        events,
        next.messageId,
        settled ? 'Completed' : 'Running',
        isDone ? { output } : null,
        customStatus,
        done.outbox,
        actions.length,
        done.cancelled,
      );
    }
  }

  /** Leaves an orchestration for a newer app where it is. */
  private hold(one: Orchestration): Promise<void> {
    this.held.add(one.id);
    return Promise.resolve();
  }

  private async finish(
    one: Orchestration,
    events: HistoryEvent[],
    taken: string,
    status: 'Completed' | 'Running',
    done: { output: string | null } | null,
    customStatus: unknown,
    outbox: Message[],
    applied: number,
    cancelled: number[],
  ): Promise<void> {
    if (status === 'Completed' && one.parent !== null) {
      outbox = [
        ...outbox,
        {
          id: `${one.executionId}:end`,
          to: one.parent.instanceId,
          kind: 'event',
          event: event(8, { TaskScheduledId: one.parent.taskId, Result: done?.output ?? 'null' }),
        },
      ];
    }
    const ended = event(1, { OrchestrationStatus: 'Completed', Result: done?.output ?? null, FailureDetails: null });
    await this.write(one, {
      t: 'episode',
      events: status === 'Completed' ? [...events, ended] : events,
      taken: [taken],
      status,
      output: status === 'Completed' ? (done?.output ?? null) : null,
      customStatus,
      outbox,
      applied,
      cancelled,
      done,
      at: timestamp(),
    });
    this.afterEpisode(one, events, cancelled);
  }

  private async fail(
    one: Orchestration,
    events: HistoryEvent[],
    taken: string,
    message: string,
    customStatus: unknown,
    outbox: Message[],
    applied: number,
    cancelled: number[],
  ): Promise<void> {
    const all = one.parent === null ? outbox : [...outbox, this.failureToParent(one, one.parent, message)];
    const ended = event(1, { OrchestrationStatus: 'Failed', Result: JSON.stringify(message), FailureDetails: null });
    await this.write(one, {
      t: 'episode',
      events: [...events, event(13), ended],
      taken: [taken],
      status: 'Failed',
      output: message,
      customStatus,
      outbox: all,
      applied,
      cancelled,
      done: null,
      at: timestamp(),
    });
    this.afterEpisode(one, events, cancelled);
  }

  private afterEpisode(one: Orchestration, events: HistoryEvent[], cancelled: number[]): void {
    for (const id of cancelled) this.clearTimer(`${one.id}\n${id}`);
    this.deliver(one.id, one.outbox);
    if (TERMINAL.has(one.status)) {
      this.journals.close(one.id);
      if (one.status !== 'Completed') return;
    }
    for (const scheduled of events) this.startWork(one, scheduled);
  }

  /** Turns new actions into history events and messages; ids are the SDK's own sequence numbers. */
  private act(one: Orchestration, actions: Action[], history: HistoryEvent[], fresh: HistoryEvent[]) {
    const events: HistoryEvent[] = [];
    const outbox: Message[] = [];
    const cancelled: number[] = [];
    let again: string | null | undefined;
    let id = 0;
    actions.forEach((action, index) => {
      const isNew = index >= one.applied;
      const number = action.actionType === 6 || action.actionType === 4 ? -1 : id++;
      const add = (type: number, more: Record<string, unknown>): void =>
        void events.push(event(type, { ...more, EventId: number }));
      switch (action.actionType) {
        case 0:
          if (isNew && this.triggers.activityTrigger.has((action.functionName ?? '').toLowerCase())) {
            add(4, {
              Name: action.functionName,
              Version: '',
              Input: null,
              ParentTraceContext: null,
              Tags: null,
              ActivityInput: action.input === undefined ? null : action.input,
            });
          }
          break;
        case 2:
          if (isNew && this.triggers.orchestrationTrigger.has((action.functionName ?? '').toLowerCase())) {
            const child =
              action.instanceId !== undefined && action.instanceId !== ''
                ? action.instanceId
                : `${one.executionId}:${number}`;
            const version = action.version ?? this.defaultVersion;
            const input = action.input === undefined ? null : JSON.stringify(action.input);
            add(7, { Name: action.functionName, Version: version, InstanceId: child, Input: input });
            outbox.push({
              id: `${one.executionId}:${number}`,
              to: child,
              kind: 'start',
              name: action.functionName ?? '',
              version,
              input,
              parent: {
                name: one.name,
                instanceId: one.id,
                executionId: one.executionId,
                taskId: number,
                version: one.version,
              },
            });
          }
          break;
        case 4:
          again =
            action.input === undefined || action.input === null
              ? null
              : typeof action.input === 'string'
                ? action.input
                : JSON.stringify(action.input);
          break;
        case 5:
          if (isNew) add(10, { FireAt: action.fireAt });
          if (
            action.isCanceled === true &&
            !one.cancelledTimers.has(number) &&
            ![...history, ...fresh].some((old) => old.EventType === 11 && old['TimerId'] === number)
          )
            cancelled.push(number);
          break;
        case 6:
        case 11:
        case 12:
          break;
        case 7:
        case 9:
          if (isNew) {
            const request = randomUUID();
            const input = action.input === undefined ? null : JSON.stringify(action.input);
            const target = action.instanceId ?? '';
            const signal = action.actionType === 9;
            add(14, {
              InstanceId: target,
              Name: 'op',
              Input: JSON.stringify({
                $type: `${EXTENSION}.RequestMessage, ${EXTENSION}`,
                op: action.operation,
                ...(signal ? { signal: true } : {}),
                input,
                id: request,
                parent: one.id,
                parentExecution: one.executionId,
                Timestamp: timestamp(),
                Predecessor: '0001-01-01T00:00:00',
              }),
            });
            outbox.push({
              id: `${one.executionId}:${number}`,
              to: target,
              kind: 'operation',
              operation: {
                id: request,
                name: action.operation ?? '',
                input,
                isSignal: signal,
                parent: signal ? null : one.id,
              },
            });
          }
          break;
        default:
          throw new Error(`The embedded host does not support the action type ${action.actionType} yet.`);
      }
    });
    return { events, outbox, cancelled, again };
  }

  private resumeWork(one: Orchestration): void {
    const ended = endedIds(
      one.history,
      one.inbox.map(({ event: waiting }) => waiting),
    );
    for (const scheduled of one.history) {
      if (
        (scheduled.EventType === 4 && !ended.tasks.has(scheduled.EventId)) ||
        (scheduled.EventType === 10 &&
          !ended.timers.has(scheduled.EventId) &&
          !one.cancelledTimers.has(scheduled.EventId))
      )
        this.startWork(one, scheduled);
    }
  }

  private startWork(one: Orchestration, scheduled: HistoryEvent): void {
    if (scheduled.EventType === 4) void this.activity(one, scheduled);
    if (scheduled.EventType === 10 && !one.cancelledTimers.has(scheduled.EventId)) this.timer(one, scheduled);
  }

  private timer(one: Orchestration, scheduled: HistoryEvent): void {
    const key = `${one.id}\n${scheduled.EventId}`;
    const due = Date.parse(scheduled['FireAt'] as string) - Date.now();
    const fire = (): void => {
      this.timers.delete(key);
      void this.post(
        one.id,
        `${one.executionId}:timer:${scheduled.EventId}`,
        event(11, { TimerId: scheduled.EventId, FireAt: scheduled['FireAt'] }),
      );
    };
    const wait = Math.min(Math.max(0, due), 2 ** 30);
    this.timers.set(key, setTimeout(wait < due ? () => this.timer(one, scheduled) : fire, wait));
  }

  private clearTimer(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  private async activity(one: Orchestration, scheduled: HistoryEvent): Promise<void> {
    if (this.running >= this.maxActivities) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    const execution = one.executionId;
    try {
      if (this.stopped || TERMINAL.has(one.status)) return;
      const registered = this.triggers.activityTrigger.get(String(scheduled['Name']).toLowerCase());
      if (registered === undefined) return;
      const raw = scheduled['ActivityInput'];
      const json = typeof raw === 'string' && isJson(raw) ? raw : JSON.stringify(raw);
      // The real host gives a bare boolean as the text True or False, and null as nothing.
      const value: RpcTypedData =
        json === 'null'
          ? {}
          : json === 'true' || json === 'false'
            ? { string: json === 'true' ? 'True' : 'False' }
            : { json };
      const outcome = await this.app.invoke(registered.name, {
        triggerData: value,
        triggerMetadata: {
          [registered.trigger]: value,
          ...fieldsOf(json),
          instanceId: { string: one.id },
          data: value,
        },
      });
      if (this.stopped) return;
      const result = outcome.ok
        ? event(5, { TaskScheduledId: scheduled.EventId, Result: textOf(outcome.returnValue) })
        : event(6, {
            TaskScheduledId: scheduled.EventId,
            Reason: `Activity function '${registered.name}' failed:  ${outcome.error.message}`,
            Details: outcome.error.stack ?? '',
            FailureDetails: null,
          });
      await this.post(one.id, `${execution}:task:${scheduled.EventId}`, result);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Delivers what stands in the outbox; every receiver drops what it has seen. */
  private deliver(from: string, outbox: Map<string, Message>): void {
    const messages = [...outbox.values()];
    if (messages.length === 0) return;
    for (const { id } of messages) outbox.delete(id);
    void Promise.all(messages.map((message) => this.receive(message)))
      .then(() =>
        this.stopped || !this.has(from)
          ? undefined
          : this.journals.append(from, { t: 'sent', ids: messages.map(({ id }) => id) }),
      )
      .catch((error: unknown) => this.log('error', 'Host.Triggers.DurableTask', String(error)));
  }

  private has(id: string): boolean {
    return this.orchestrations.has(id) || this.entities.has(id);
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'event') await this.post(message.to, message.id, message.event);
    else if (message.kind === 'operation') await this.operate(message.to, message.id, message.operation);
    else
      await this.create({
        id: message.to,
        name: message.name,
        version: message.version,
        input: message.input,
        parent: message.parent,
        messageId: message.id,
      });
  }

  private newEntity(id: string): Entity {
    const one: Entity = {
      kind: 'entity',
      id,
      exists: false,
      state: null,
      queue: [],
      seen: new Set(),
      outbox: new Map(),
      lastUpdatedTime: timestamp(),
      busy: false,
    };
    this.entities.set(id, one);
    return one;
  }

  async operate(id: string, messageId: string, operation: Entity['queue'][number]['operation']): Promise<void> {
    const key = id.replace(/^@[^@]*/, (name) => name.toLowerCase());
    let one = this.entities.get(key);
    if (one === undefined) {
      one = this.newEntity(key);
      void this.journals.append(key, { t: 'entity', id: key });
    }
    if (one.seen.has(messageId)) return;
    const record: EntityRec = { t: 'operation', messageId, operation };
    this.applyEntity(one, record);
    await this.journals.append(key, record);
    this.pumpEntity(one);
  }

  private applyEntity(one: Entity, record: EntityRec): void {
    if (record.t === 'operation') {
      one.seen.add(record.messageId);
      one.queue.push({ messageId: record.messageId, operation: record.operation });
    } else if (record.t === 'batch') {
      one.queue = one.queue.filter(({ messageId }) => !record.taken.includes(messageId));
      Object.assign(one, { exists: record.exists, state: record.state, lastUpdatedTime: record.at });
      for (const message of record.outbox) one.outbox.set(message.id, message);
    } else if (record.t === 'sent') for (const sent of record.ids) one.outbox.delete(sent);
  }

  private pumpEntity(one: Entity): void {
    if (one.busy || this.stopped || one.queue.length === 0) return;
    one.busy = true;
    void this.batch(one)
      .catch((error: unknown) => this.log('error', 'Host.Triggers.DurableTask', String(error)))
      .finally(() => {
        one.busy = false;
        this.pumpEntity(one);
      });
  }

  private async batch(one: Entity): Promise<void> {
    const [, name = '', key = ''] = /^@([^@]*)@(.*)$/.exec(one.id) ?? [];
    const registered = this.triggers.entityTrigger.get(name);
    const taken = [...one.queue];
    let results: { isError: boolean; result: string }[] = [];
    let exists = one.exists;
    let state = one.state;
    let signals: { target: { name: string; key: string }; name: string; input: string }[] = [];
    if (registered !== undefined) {
      const payload = {
        self: { name, key },
        exists,
        state,
        batch: taken.map(({ operation }) => ({
          name: operation.name,
          input: operation.input,
          isSignal: operation.isSignal,
          id: operation.id,
        })),
      };
      const outcome = await this.app.invoke(registered.name, {
        triggerData: { json: JSON.stringify(payload) },
        triggerMetadata: {},
      });
      if (this.stopped) return;
      if (outcome.ok) {
        const answer = JSON.parse(textOf(outcome.returnValue)) as {
          results: typeof results;
          entityExists: boolean;
          entityState?: string;
          signals?: typeof signals;
        };
        ({ results, entityExists: exists } = answer);
        state = exists ? (answer.entityState ?? null) : null;
        signals = answer.signals ?? [];
      } else results = taken.map(() => ({ isError: true, result: JSON.stringify(outcome.error.message) }));
    } else
      results = taken.map(() => ({
        isError: true,
        result: JSON.stringify(`No entity function '${name}' is registered.`),
      }));
    const replies = taken.flatMap(({ operation }, index): Message[] => {
      const result = results[index];
      if (operation.parent === null || result === undefined) return [];
      const body = {
        $type: `${EXTENSION}.ResponseMessage, ${EXTENSION}`,
        result: result.result,
        ...(result.isError ? { exceptionType: 'Error' } : {}),
      };
      return [
        {
          id: `reply:${operation.id}`,
          to: operation.parent,
          kind: 'event',
          event: event(15, { Name: operation.id, Input: JSON.stringify(body), ParentTraceContext: null }),
        },
      ];
    });
    const sent = signals.map((signal): Message => {
      const id = randomUUID();
      return {
        id,
        to: `@${signal.target.name}@${signal.target.key}`,
        kind: 'operation',
        operation: { id, name: signal.name, input: signal.input, isSignal: true, parent: null },
      };
    });
    const record: EntityRec = {
      t: 'batch',
      taken: taken.map(({ messageId }) => messageId),
      exists,
      state,
      outbox: [...replies, ...sent],
      at: timestamp(),
    };
    this.applyEntity(one, record);
    await this.journals.append(one.id, record);
    this.deliver(one.id, one.outbox);
  }
}

function flatten(actions: Action[]): Action[] {
  return actions.flatMap((action) =>
    action.compoundActions === undefined ? [action] : flatten(action.compoundActions),
  );
}

function textOf(value: RpcTypedData | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (value.json !== undefined) return value.json;
  if (value.string !== undefined) return JSON.stringify(value.string);
  if (value.int !== undefined) return JSON.stringify(value.int);
  if (value.double !== undefined)
    return JSON.stringify(Number.isFinite(value.double) ? value.double : String(value.double));
  if (value.bytes !== undefined) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return 'null';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Top-level fields of an object, as metadata of the trigger. */
function fieldsOf(json: string): Record<string, RpcTypedData> {
  const value: unknown = JSON.parse(json);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, { json: JSON.stringify(inner) }]));
}

/** Whether version a is newer than b, part by part. */
function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** UTF-16 bytes of JSON that a custom status may have. */
const CUSTOM_STATUS_LIMIT = 16 * 1024;

interface State {
  isDone?: boolean;
  actions?: Action[][];
  output?: unknown;
  error?: string;
  customStatus?: unknown;
}

function decodeState(outcome: InvocationOutcome): { state: State; failed: boolean } {
  if (outcome.ok) return { state: JSON.parse(textOf(outcome.returnValue)) as State, failed: false };
  const [, json] = outcome.error.message.split('$OutOfProcData$:');
  if (json === undefined) return { state: { error: outcome.error.message, actions: [] }, failed: true };
  return { state: JSON.parse(json) as State, failed: true };
}

function endedIds(history: HistoryEvent[], more: HistoryEvent[] = []) {
  const tasks = new Set<number>();
  const timers = new Set<number>();
  for (const one of [...history, ...more]) {
    if ([5, 6, 8, 9].includes(one.EventType)) tasks.add(one['TaskScheduledId'] as number);
    if (one.EventType === 11) timers.add(one['TimerId'] as number);
  }
  return { tasks, timers };
}

function outstanding(history: HistoryEvent[], cancelled: Set<number>): number {
  const ended = endedIds(history);
  return history.filter(
    ({ EventType, EventId }) =>
      ((EventType === 4 || EventType === 7) && !ended.tasks.has(EventId)) ||
      (EventType === 10 && !ended.timers.has(EventId) && !cancelled.has(EventId)),
  ).length;
}

/** Makes the durable extension of the embedded host. */
export function createDurableTask(options: {
  app: FunctionApp;
  dataFolder: string;
  hostConfig: HostConfig;
  log: HostLog;
  baseUrl: string;
}): DurableExtension {
  const { app, dataFolder, hostConfig, log, baseUrl } = options;
  const engine = new Engine(app, path.join(dataFolder, 'durable', hostConfig.hubName), hostConfig, log);
  const base = `${baseUrl}/runtime/webhooks/durabletask`;
  const query = `taskHub=${hostConfig.hubName}&connection=Storage&code=local`;
  const instance = (rest: string): string =>
    `${base}/instances/INSTANCEID${rest}${rest.includes('?') ? '&' : '?'}${query}`;
  return {
    start: () => Promise.resolve(engine.start()),
    stop: () => Promise.resolve(engine.stop()),
    handleManagement: managementApi(engine, base, query),
    clientBinding: () => ({
      taskHubName: hostConfig.hubName,
      connectionName: null,
      creationUrls: {
        createNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?code=local`,
        createAndWaitOnNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=local`,
      },
      managementUrls: {
        id: 'INSTANCEID',
        statusQueryGetUri: instance(''),
        sendEventPostUri: instance('/raiseEvent/{eventName}'),
        terminatePostUri: instance('/terminate?reason={text}'),
        rewindPostUri: instance('/rewind?reason={text}'),
        purgeHistoryDeleteUri: instance(''),
        restartPostUri: instance('/restart'),
        suspendPostUri: instance('/suspend?reason={text}'),
        resumePostUri: instance('/resume?reason={text}'),
      },
      baseUrl: base,
      requiredQueryStringParameters: 'code=local',
      rpcBaseUrl: null,
      httpBaseUrl: null,
    }),
  };
}
