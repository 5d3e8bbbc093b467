import { costOf, type Cost } from '../../model/cost';
import type { Prices } from '../../model/prices';
import { addUsage, addWork, NO_USAGE, NO_WORK, type Usage, type UsageSum, type WorkDone } from '../../model/usage';

/** What costs are told by. `tag:<name>` takes a tag of the pipelines. */
export type GroupBy = 'pipeline' | 'owner' | 'day' | 'run' | 'activity' | `tag:${string}`;

/** What a part of the work cost. */
export interface CostGroup {
  /** The pipeline, the owner, ...; null for what belongs to none, such as the records of runs and maintenance. */
  readonly key: string | null;
  readonly runs: number;
  /** Rows loaded, and bytes that extraction moved. */
  readonly rows: number;
  readonly bytes: number;
  readonly cost: Cost;
  readonly usage: Usage;
  readonly per: CostPer;
}

/** The total divided by what was done; null where nothing was. */
export interface CostPer {
  readonly run: number | null;
  readonly millionRows: number | null;
  readonly gigabyte: number | null;
}

export interface CostReport {
  /** The dearest first; days in order. */
  readonly groups: readonly CostGroup[];
  /** All of them. */
  readonly total: CostGroup;
}

/** Who answers for pipelines, and what they are tagged with. */
export type Attribution = Readonly<
  Record<string, { readonly owner?: string | undefined; readonly tags: Readonly<Record<string, string>> }>
>;

/** Adds up what was used, by groups, and prices it. Costs of groups add up to the total. */
export class CostCollector {
  private readonly groups = new Map<string | null, Group>();
  private readonly all = new Group(null);

  constructor(
    private readonly by: GroupBy,
    private readonly prices: Prices,
    private readonly pipelines: Attribution,
  ) {}

  add(sum: UsageSum): void {
    const key = this.keyOf(sum);
    const group = this.groups.get(key) ?? new Group(key);
    this.groups.set(key, group);
    group.add(sum);
    this.all.add(sum);
  }

  report(): CostReport {
    const groups = [...this.groups.values()].map((group) => group.priced(this.prices));
    const order = (one: CostGroup, other: CostGroup): number =>
      this.by === 'day' ? ((one.key ?? '') < (other.key ?? '') ? -1 : 1) : other.cost.total - one.cost.total;
    return { groups: groups.toSorted(order), total: this.all.priced(this.prices) };
  }

  private keyOf({ pipeline, runId, day, activity }: UsageSum): string | null {
    if (this.by === 'pipeline') return pipeline;
    if (this.by === 'run') return runId;
    if (this.by === 'day') return day;
    if (this.by === 'activity') return activity;
    const its = pipeline === null || !Object.hasOwn(this.pipelines, pipeline) ? undefined : this.pipelines[pipeline];
    if (this.by === 'owner') return its?.owner ?? null;
    return its?.tags[this.by.slice('tag:'.length)] ?? null;
  }
}

class Group {
  private readonly runs = new Set<string>();
  /** Rows by run and pipeline, of which the largest figure counts. */
  private readonly work = new Map<string, WorkDone>();
  private usage = NO_USAGE;

  constructor(private readonly key: string | null) {}

  add({ runId, pipeline, usage, work }: UsageSum): void {
    if (runId !== null) this.runs.add(runId);
    const of = `${runId ?? ''} ${pipeline ?? ''}`;
    this.work.set(of, addWork(this.work.get(of) ?? NO_WORK, work));
    this.usage = addUsage(this.usage, usage);
  }

  priced(prices: Prices): CostGroup {
    const cost = costOf(this.usage, prices);
    const work = [...this.work.values()];
    const rows = work.reduce((sum, one) => sum + one.rows, 0);
    const bytes = work.reduce((sum, one) => sum + one.bytes, 0);
    const over = (count: number): number | null => (count === 0 ? null : cost.total / count);
    return {
      key: this.key,
      runs: this.runs.size,
      rows,
      bytes,
      cost,
      usage: this.usage,
      per: { run: over(this.runs.size), millionRows: over(rows / 1e6), gigabyte: over(bytes / 1024 ** 3) },
    };
  }
}
