import { applyEntityRecord, newEntity } from './entity';
import { Journals } from './journal';
import type { Created, Entity, EntityRecord, Orchestration, OrchestrationRecord } from './model';
import { applyRecord, newOrchestration } from './orchestration';

/** All instances in memory, with their journals behind them. */
export class InstanceStore {
  readonly orchestrations = new Map<string, Orchestration>();
  readonly entities = new Map<string, Entity>();
  private readonly journals: Journals;

  constructor(folder: string) {
    this.journals = new Journals(folder);
  }

  /** Reads all journals. */
  load(): void {
    for (const [first, ...rest] of this.journals.load() as (OrchestrationRecord | EntityRecord)[][]) {
      if (first?.t === 'entity') {
        const one = newEntity(first.id);
        for (const record of rest) applyEntityRecord(one, record as EntityRecord);
        this.entities.set(one.id, one);
      } else if (first?.t === 'created') {
        const one = newOrchestration(first);
        for (const record of rest) applyRecord(one, record as OrchestrationRecord);
        this.orchestrations.set(one.id, one);
      }
    }
  }

  close(): void {
    this.journals.closeAll();
  }

  /** A new instance in the place of whatever had its id; resolves once it is on disk. */
  async create(record: Created): Promise<Orchestration> {
    this.remove(record.id);
    const one = newOrchestration(record);
    this.orchestrations.set(one.id, one);
    await this.journals.append(one.id, record);
    return one;
  }

  remove(id: string): void {
    if (this.orchestrations.delete(id)) this.journals.remove(id);
  }

  /** Applies a record at once and resolves when it is on disk; only then may its effects be acted upon. */
  async write(one: Orchestration, record: OrchestrationRecord): Promise<void> {
    applyRecord(one, record);
    await this.journals.append(one.id, record);
  }

  /** The entity of an id, made where there is none. */
  entity(id: string): Entity {
    const known = this.entities.get(id);
    if (known !== undefined) return known;
    const one = newEntity(id);
    this.entities.set(id, one);
    void this.journals.append(id, { t: 'entity', id });
    return one;
  }

  async writeEntity(one: Entity, record: EntityRecord): Promise<void> {
    applyEntityRecord(one, record);
    await this.journals.append(one.id, record);
  }

  /** Notes that messages have arrived; loses nothing where it is not written. */
  async sent(from: string, ids: string[]): Promise<void> {
    if (this.orchestrations.has(from) || this.entities.has(from)) {
      await this.journals.append(from, { t: 'sent', ids } satisfies OrchestrationRecord);
    }
  }
}
