import { addUsage, addWork, type MemoryPeak, type Reading, type UsageSum } from '../model/usage';
import type { Inventory } from '../model/retention';
import { packJson, unpackJson } from './packed-json';
import { safeKey } from './keys';
import type { UsageStore } from './stores';
import type { Entity, Keys, Properties, Table } from './table';

/** Rows that one transaction may take away beside the one that it writes. */
const AT_ONCE = 99;
const NOBODY = '-';
const INVENTORY = { partitionKey: 'inventory', rowKey: 'latest' };
/** After the keys of executions. */
const FOLDED = '~';

/**
 * What executions used, in a partition for each day: a row for each execution, which writing again does not double, and in time one for each run, pipeline and
 * activity, into which the others were folded. Reading adds up whatever is there. Runs of which something happened on other days than their own
 * have pointers.
 */
export class TableUsageStore implements UsageStore {
  constructor(private readonly table: Table) {}

  async record(reading: Reading): Promise<void> {
    const { at, execution, runId, partition } = reading;
    const day = at.slice(0, 10);
    const rowKey = `${prefixOf(reading)}${partition ?? ''}:${safeKey(execution)}`;
    await this.table.put({ partitionKey: ofDay(day), rowKey, ...packed({ ...reading, day }) });
    if (runId !== null && LATE.has(reading.activity)) {
      await this.table.put({ partitionKey: ofRun(runId), rowKey: day });
    }
  }

  async *ofDay(day: string): AsyncGenerator<UsageSum> {
    for await (const row of this.table.rows(ofDay(day))) yield read(row, day);
  }

  async ofRun(runId: string, days: readonly string[]): Promise<readonly UsageSum[]> {
    const all = new Set(days);
    for await (const { rowKey } of this.table.rows(ofRun(runId))) all.add(rowKey);
    const found: UsageSum[] = [];
    for (const day of [...all].toSorted()) {
      const range = { after: `${safeKey(runId)}:`, below: `${safeKey(runId)};` };
      for await (const row of this.table.rows(ofDay(day), range)) found.push(read(row, day));
    }
    return found;
  }

  async fold(day: string): Promise<number> {
    let folded = 0;
    const partitionKey = ofDay(day);
    let group: Entity[] = [];
    const flush = async (): Promise<void> => {
      const [first] = group;
      const details = group.filter(({ rowKey }) => !rowKey.endsWith(FOLDED));
      if (first === undefined || details.length === 0) return;
      const prefix = prefixOf(read(first, day));
      const sum = group.map((row) => read(row, day)).reduce(addSums);
      // Together or not at all: nothing is counted twice, and nothing is lost, wherever this breaks off.
      await this.table.putAndRemove({ partitionKey, rowKey: `${prefix}${FOLDED}`, ...packed(sum) }, details);
      folded += details.length;
    };
    let current = '';
    for await (const row of this.table.rows(partitionKey)) {
      if (row.rowKey.endsWith(FOLDED)) continue;
      const prefix = prefixOf(read(row, day));
      if (prefix !== current || group.length > AT_ONCE - 1) {
        await flush();
        // What was folded before, just now or at another time.
        const sums = await this.table.get(partitionKey, `${prefix}${FOLDED}`);
        group = sums === null ? [] : [sums];
        current = prefix;
      }
      group.push(row);
    }
    await flush();
    return folded;
  }

  async *days(): AsyncGenerator<string> {
    let after: string = DAY_MARK;
    for (;;) {
      const next = await this.table.nextPartition(after, `${DAY_MARK}~`);
      if (next === null) return;
      yield next.slice(DAY_MARK.length);
      after = next;
    }
  }

  async inventory(): Promise<Inventory | null> {
    const row = await this.table.get(INVENTORY.partitionKey, INVENTORY.rowKey);
    return row === null ? null : (unpackJson('inventory', row) as Inventory);
  }

  async saveInventory(inventory: Inventory): Promise<void> {
    // More pipelines than fit into a row: the largest ones tell the most.
    const classes = inventory.classes.toSorted((one, other) => other.bytes - one.bytes).slice(0, 2000);
    await this.table.put({ ...INVENTORY, ...packJson('inventory', { ...inventory, classes }) });
  }

  async forget(day: string, dryRun: boolean): Promise<number> {
    const keys: Keys[] = [];
    for await (const { partitionKey, rowKey } of this.table.rows(ofDay(day), { select: [] })) {
      keys.push({ partitionKey, rowKey });
    }
    if (!dryRun) await this.table.removeAll(keys);
    return keys.length;
  }
}

const DAY_MARK = 'day:';
/** Activities that happen to a run after it has ended. */
const LATE: ReadonlySet<string> = new Set(['undo-load', 'end-undo', 'settle-release', 'review-batch', 'close-review']);

function ofDay(day: string): string {
  return `${DAY_MARK}${day}`;
}

function ofRun(runId: string): string {
  return `run:${safeKey(runId)}`;
}

function prefixOf({ runId, pipeline, activity }: Pick<UsageSum, 'runId' | 'pipeline' | 'activity'>): string {
  return `${runId === null ? NOBODY : safeKey(runId)}:${pipeline === null ? NOBODY : safeKey(pipeline)}:${activity}:`;
}

function packed({ day, runId, pipeline, activity, usage, work, memory }: UsageSum): Properties {
  const properties = packJson('sum', { day, runId, pipeline, activity, usage, work, memory });
  if (properties === null) throw new RangeError(`The usage of ${activity} does not fit into a row`);
  return properties;
}

function read(row: Entity, day: string): UsageSum {
  return { ...(unpackJson('sum', row) as UsageSum), day };
}

function addSums(one: UsageSum, other: UsageSum): UsageSum {
  return {
    ...one,
    usage: addUsage(one.usage, other.usage),
    work: addWork(one.work, other.work),
    memory: largest(one.memory, other.memory),
  };
}

function largest(one: MemoryPeak, other: MemoryPeak): MemoryPeak {
  return one.peakBytes >= other.peakBytes ? one : other;
}
