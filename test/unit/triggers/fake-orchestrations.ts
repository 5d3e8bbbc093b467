import type { EntityId } from 'durable-functions';
import type { Orchestrations } from '../../../src/triggers/trigger-services';

interface Instance {
  runtimeStatus: string;
  input: unknown;
  name: string;
  output?: unknown;
}

/** The durable client's memory of instances and entities; its methods answer as the real ones do. */
export class FakeOrchestrations {
  readonly instances = new Map<string, Instance>();
  readonly entities = new Map<string, unknown>();
  readonly signals: [string, string, unknown][] = [];
  readonly starts: string[] = [];
  readonly events: [string, string][] = [];
  /** The next start fails with this message. */
  failNextStart: string | null = null;

  /** As the handlers are given it. */
  get client(): Orchestrations {
    return this as unknown as Orchestrations;
  }

  async startNew(name: string, { instanceId = '', input }: { instanceId?: string; input?: unknown }): Promise<string> {
    const failure = this.failNextStart;
    this.failNextStart = null;
    if (failure !== null) throw new Error(failure);
    this.starts.push(instanceId);
    this.instances.set(instanceId, { runtimeStatus: 'Running', name, input });
    return instanceId;
  }

  async getStatus(instanceId: string): Promise<unknown> {
    const found = this.instances.get(instanceId);
    if (!found) throw new Error('DurableClient error: Durable Functions extension replied with HTTP 404 response. ...');
    return { instanceId, ...found };
  }

  async getStatusBy({ runtimeStatus }: { runtimeStatus?: readonly string[] }): Promise<unknown[]> {
    const all = [...this.instances].map(([instanceId, instance]) => ({ instanceId, ...instance }));
    return all.filter((instance) => runtimeStatus === undefined || runtimeStatus.includes(instance.runtimeStatus));
  }

  async terminate(instanceId: string): Promise<void> {
    this.instances.get(instanceId)!.runtimeStatus = 'Terminated';
  }

  async readEntityState({ name, key }: EntityId): Promise<unknown> {
    const entityState = this.entities.get(`${name}/${key}`);
    return { entityExists: entityState !== undefined, entityState };
  }

  async raiseEvent(instanceId: string, name: string): Promise<void> {
    this.events.push([instanceId, name]);
  }

  async signalEntity({ name, key }: EntityId, operation = '', content?: unknown): Promise<void> {
    this.signals.push([`${name}/${key}`, operation, content]);
  }
}
