import { randomUUID } from 'node:crypto';
import type { HostConfig } from '../host/host-config';
import type { HostLog } from '../host/host-log';
import type { FunctionApp } from '../worker/function-app';
import { ActivityRunner } from './activity-runner';
import { AppFunctions } from './app-functions';
import { EntityRunner } from './entity-runner';
import { failureToParent } from './episode';
import { EVENT, historyEvent, outstanding, timestamp } from './history-event';
import { InstanceStore } from './instance-store';
import { Mailbox, type CreateRequest } from './mailbox';
import { isTerminal, type Entity, type HistoryEvent, type Operation, type Orchestration } from './model';
import { OrchestrationRunner } from './orchestration-runner';
import { releaseAll } from './orchestration';
import { failedChildren, rewindRecord } from './rewind';
import { Timers } from './timers';
import { versionRules } from './version-rules';

const CATEGORY = 'Host.Triggers.DurableTask';
/** Default of `maxConcurrentActivityFunctions`: ten for each processor, as in the extension. */
const DEFAULT_ACTIVITIES = 20;

/** The durable engine: a shell that brings the pure parts together with the disk, the clock and the app. */
export class Engine {
  /** `defaultVersion` of host.json. */
  readonly defaultVersion: string | null;
  private readonly store: InstanceStore;
  private readonly mailbox: Mailbox;
  private readonly functions: AppFunctions;
  private readonly runner: OrchestrationRunner;
  private readonly entityRunner: EntityRunner;
  private readonly activityRunner: ActivityRunner;
  private readonly timers = new Timers();
  private readonly failed: (error: unknown) => void;
  private stopped = false;

  constructor(app: FunctionApp, folder: string, config: Pick<HostConfig, 'durableTask'>, log: HostLog) {
    const versions = versionRules(config.durableTask);
    this.defaultVersion = versions.defaultVersion;
    const failed = (error: unknown): void =>
      log('error', CATEGORY, error instanceof Error ? (error.stack ?? error.message) : String(error));
    this.failed = failed;
    this.store = new InstanceStore(folder);
    this.functions = new AppFunctions(app);
    this.mailbox = new Mailbox(this.store, {
      orchestration: (one) => this.runner.wake(one),
      entity: (one) => this.entityRunner.wake(one),
      failed,
    });
    const { store, functions } = this;
    this.runner = new OrchestrationRunner({
      app,
      functions,
      store,
      versions,
      failed,
      recorded: (one, record) => this.actUpon(one, record.t === 'episode' ? record.events : []),
    });
    this.entityRunner = new EntityRunner({
      app,
      functions,
      store,
      failed,
      isWanted: ({ parent, parentExecution }: Operation) => this.isRunning(parent ?? '', parentExecution),
      recorded: (one) => this.mailbox.deliver(one),
    });
    this.activityRunner = new ActivityRunner({
      app,
      functions,
      limit: Number(config.durableTask['maxConcurrentActivityFunctions'] ?? DEFAULT_ACTIVITIES),
      isWanted: (one, execution) => this.isRunning(one.id, execution),
      ended: (one, execution, scheduled, event) => this.ended(one, execution, scheduled, event),
      failed,
    });
  }

  get orchestrations(): ReadonlyMap<string, Orchestration> {
    return this.store.orchestrations;
  }

  get entities(): ReadonlyMap<string, Entity> {
    return this.store.entities;
  }

  /** Reads the journals and goes on where the last host was stopped or killed. */
  start(): void {
    this.store.load();
    for (const one of this.orchestrations.values()) {
      this.mailbox.deliver(one);
      this.resumeWork(one);
      this.runner.wake(one);
    }
    for (const one of this.entities.values()) {
      this.mailbox.deliver(one);
      this.entityRunner.wake(one);
    }
  }

  stop(): void {
    this.stopped = true;
    this.runner.stop();
    this.entityRunner.stop();
    this.activityRunner.stop();
    this.timers.clearAll();
    this.store.close();
  }

  create(request: Omit<CreateRequest, 'messageId' | 'parent'>): Promise<Orchestration> {
    const existing = this.orchestrations.get(request.id);
    if (existing !== undefined) this.clearTimers(existing);
    return this.mailbox.create({ ...request, parent: null, messageId: null });
  }

  /** Deletes an instance and its journal. */
  forget(one: Orchestration): void {
    this.clearTimers(one);
    this.store.remove(one.id);
  }

  /** An external event; kept also where nobody waits for it yet. */
  raise(id: string, name: string, input: string | null): Promise<void> {
    const event = historyEvent(EVENT.eventRaised, { Name: name, Input: input, ParentTraceContext: null });
    return this.mailbox.post(id, randomUUID(), event, null);
  }

  /** A signal from outside. */
  signal(id: string, name: string, input: string | null): Promise<void> {
    const nobody = { parent: null, parentExecution: null, lockSet: [] };
    const operation: Operation = { kind: 'operation', id: randomUUID(), name, input, isSignal: true, ...nobody };
    return this.mailbox.operate(id, operation.id, operation);
  }

  /** What the extension says of an entity that no function implements; undefined where one does. */
  unknownEntity(name: string): string | undefined {
    if (this.functions.entities.has(name.toLowerCase())) return undefined;
    const known = [...this.functions.entities.keys()].join(', ');
    return `The function '${name.toLowerCase()}' doesn't exist, is disabled, or is not an entity function. Additional info: The following are the known entity functions: ${known}`;
  }

  async terminate(one: Orchestration, reason: string | null): Promise<void> {
    const events = [
      historyEvent(EVENT.executionTerminated, { Input: reason ?? '' }),
      historyEvent(EVENT.executionCompleted, {
        OrchestrationStatus: 'Terminated',
        Result: JSON.stringify(reason),
        FailureDetails: null,
      }),
    ];
    const text = `Orchestrator function '${one.name}' failed: ${reason ?? ''}`;
    const outbox = [...failureToParent(one, text), ...releaseAll(one, one.plan.lockSet)];
    await this.store.write(one, { t: 'status', status: 'Terminated', output: reason, outbox, events, at: timestamp() });
    this.clearTimers(one);
    this.mailbox.deliver(one);
  }

  async suspend(one: Orchestration, reason: string | null): Promise<void> {
    const events = [historyEvent(EVENT.suspended, { Reason: reason ?? '' })];
    const at = timestamp();
    await this.store.write(one, { t: 'status', status: 'Suspended', output: reason, outbox: [], events, at });
  }

  async resume(one: Orchestration, reason: string | null): Promise<void> {
    const events = [historyEvent(EVENT.resumed, { Reason: reason ?? '' })];
    const at = timestamp();
    await this.store.write(one, { t: 'status', status: 'Running', output: null, outbox: [], events, at });
    this.runner.wake(one);
  }

  /** Does again what failed, in the failed sub-orchestrations too. */
  async rewind(one: Orchestration, reason: string): Promise<void> {
    const children = failedChildren(one).flatMap((id) => this.orchestrations.get(id) ?? []);
    await this.store.write(one, rewindRecord(one, reason, randomUUID()));
    for (const child of children) if (child.status === 'Failed') await this.rewind(child, reason);
    this.runner.wake(one);
  }

  private isRunning(id: string, execution: string | null): boolean {
    const one = this.orchestrations.get(id);
    return !this.stopped && one?.executionId === execution && !isTerminal(one.status);
  }

  /** The id of the message is that of the work, so that a restart does not count it twice; a rewind makes new work. */
  private ended(one: Orchestration, execution: string, work: HistoryEvent, event: HistoryEvent): void {
    const messageId = `${execution}:${work.EventType}:${work.EventId}:${work.Timestamp}`;
    this.mailbox.post(one.id, messageId, event, execution).catch(this.failed);
  }

  private actUpon(one: Orchestration, events: readonly HistoryEvent[]): void {
    for (const id of one.plan.cancelled) this.timers.clear(timerKey(one, id));
    this.mailbox.deliver(one);
    if (isTerminal(one.status)) this.clearTimers(one);
    else for (const scheduled of events) this.startWork(one, scheduled);
  }

  private resumeWork(one: Orchestration): void {
    if (isTerminal(one.status)) return;
    const known = [...one.history, ...one.inbox.map(({ event }) => event)];
    for (const scheduled of outstanding(known, one.plan.cancelled)) this.startWork(one, scheduled);
  }

  private startWork(one: Orchestration, scheduled: HistoryEvent): void {
    if (scheduled.EventType === EVENT.taskScheduled) this.activityRunner.start(one, scheduled);
    if (scheduled.EventType !== EVENT.timerCreated || one.plan.cancelled.has(scheduled.EventId)) return;
    const { EventId: id, FireAt } = scheduled as HistoryEvent & { FireAt: string };
    const { executionId } = one;
    this.timers.set(timerKey(one, id), Date.parse(FireAt), () => {
      this.ended(one, executionId, scheduled, historyEvent(EVENT.timerFired, { TimerId: id, FireAt }));
    });
  }

  private clearTimers(one: Orchestration): void {
    for (const { EventType, EventId } of one.history) {
      if (EventType === EVENT.timerCreated) this.timers.clear(timerKey(one, EventId));
    }
  }
}

function timerKey(one: Orchestration, id: number): string {
  return `${one.id}\n${one.executionId}\n${id}`;
}
