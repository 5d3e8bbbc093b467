import { costOf } from '../../model/cost';
import type { Prices } from '../../model/prices';
import type { Inventory } from '../../model/retention';
import { addUsage, NO_USAGE, type Usage, type UsageSum } from '../../model/usage';

/** Something that could cost less, with the figures that say so. */
export interface Finding {
  readonly kind:
    'idle-pipeline' | 'oversized-memory' | 'hot-data' | 'retention-not-applied' | 'lookups-reload' | 'small-partitions';
  /** Null for the whole app. */
  readonly pipeline: string | null;
  readonly message: string;
  readonly fix: string;
  /** An estimate for 30 days, in the currency of the prices; null where it cannot be told. */
  readonly monthlySaving: number | null;
  readonly figures: Readonly<Record<string, number>>;
}

export interface FindingsInput {
  readonly sums: readonly UsageSum[];
  /** Days that `sums` are of. */
  readonly days: number;
  readonly now: string;
  readonly prices: Prices;
  /** Names of the pipelines of the project. */
  readonly pipelines: readonly string[];
  /** Null where maintenance has never taken stock. */
  readonly inventory: Inventory | null;
}

const GB = 1024 ** 3;
const MB = 1024 ** 2;
/** Sizes of an instance on Flex Consumption. */
const SIZES_MB = [512, 2048, 4096];
/** What a smaller instance is to have left above the highest peak. */
const HEADROOM = 1.25;
/** Below these, figures say nothing. */
const FEWEST_RUNS = 20;
const FEWEST_EXECUTIONS = 100;
const FEWEST_MISSES = 20;
const IDLE_SHARE = 0.9;
const SMALL_PARTITION_BYTES = MB;
/** Compressed; what a partition can be without spilling on a small instance. */
const GOOD_PARTITION_BYTES = 64 * MB;
const SMALLEST_OLD_BYTES = 100 * MB;
const STOCK_IS_OLD_MS = 2 * 86_400_000;
/** Activities that are done for each partition. */
const OF_PARTITIONS: ReadonlySet<string> = new Set(['extract-partition', 'transform-partition', 'stage-partition']);

/** Looks for what could cost less; what saves most first. */
export function costFindings(input: FindingsInput): readonly Finding[] {
  const byPipeline = grouped(
    input.sums.filter(({ pipeline }) => pipeline !== null),
    ({ pipeline }) => pipeline ?? '',
  );
  const found = [
    ...[...byPipeline].flatMap(([pipeline, sums]) => [
      ...idlePipeline(input, pipeline, sums),
      ...reloadingLookups(input, pipeline, sums),
      ...smallPartitions(input, pipeline, sums),
    ]),
    ...oversizedMemory(input),
    ...hotData(input),
    ...retentionNotApplied(input),
  ];
  return found.toSorted((one, other) => (other.monthlySaving ?? 0) - (one.monthlySaving ?? 0));
}

/** Started often, with nothing new most times. */
function idlePipeline({ prices, days }: FindingsInput, pipeline: string, sums: readonly UsageSum[]): Finding[] {
  const runs = grouped(sums, ({ runId }) => runId);
  const idle = [...runs.values()].filter((its) => its.some(({ work }) => work.upToDate));
  if (runs.size < FEWEST_RUNS || idle.length / runs.size < IDLE_SHARE) return [];
  const cost = costOf(usageOf(idle.flat()), prices).total;
  const share = Math.round((idle.length / runs.size) * 100);
  return [
    {
      kind: 'idle-pipeline',
      pipeline,
      message: `${idle.length} of ${runs.size} runs in ${days} days (${share}%) found nothing new`,
      fix: 'Start it a quarter as often, or when a file arrives: trigger.event.',
      monthlySaving: monthly(cost * 0.75, days),
      figures: { runs: runs.size, idleRuns: idle.length, costOfIdleRuns: cost },
    },
  ];
}

function reloadingLookups({ prices, days }: FindingsInput, pipeline: string, sums: readonly UsageSum[]): Finding[] {
  const hits = sum(sums, ({ work }) => work.cacheHits);
  const misses = sum(sums, ({ work }) => work.cacheMisses);
  const runs = new Set(sums.map(({ runId }) => runId)).size;
  if (misses < FEWEST_MISSES || misses <= hits || misses <= 2 * runs) return [];
  // Each miss is a download; one for each run would do. The time that it takes is not in this.
  const saving = ((misses - runs) * prices.blobOperations.read) / 10_000;
  return [
    {
      kind: 'lookups-reload',
      pipeline,
      message: `lookups fetched their references ${misses} times and found them ${hits} times, in ${runs} runs`,
      fix: 'Raise SLUICE_REFERENCE_CACHE_MB above the size of the references, or take fewer columns from them.',
      monthlySaving: monthly(saving, days),
      figures: { cacheHits: hits, cacheMisses: misses, runs },
    },
  ];
}

function smallPartitions({ prices, days }: FindingsInput, pipeline: string, sums: readonly UsageSum[]): Finding[] {
  const bytes = sum(sums, ({ work }) => work.bytes);
  const partitions = sum(sums, ({ work }) => work.partitions);
  const runs = new Set(sums.filter(({ work }) => work.partitions > 0).map(({ runId }) => runId)).size;
  if (runs === 0 || partitions / runs < 8 || bytes / partitions >= SMALL_PARTITION_BYTES) return [];
  const enough = Math.max(runs, Math.ceil(bytes / GOOD_PARTITION_BYTES));
  const cost = costOf(usageOf(sums.filter(({ activity }) => OF_PARTITIONS.has(activity))), prices);
  // Requests and executions go with the number of partitions, time with the rows.
  const perPartition = cost.executions + cost.blobOperations + cost.tableOperations;
  return [
    {
      kind: 'small-partitions',
      pipeline,
      message: `${Math.round(partitions / runs)} partitions in a run, of ${Math.round(bytes / partitions / 1024)} KB each`,
      fix: 'Raise source.partitions.targetRows or targetBytes, or let the source write fewer, larger files.',
      monthlySaving: monthly(perPartition * (1 - enough / partitions), days),
      figures: { partitions, runs, bytes, enoughPartitions: enough },
    },
  ];
}

/** The worker never needed what the instance has. */
function oversizedMemory({ sums, prices, days }: FindingsInput): Finding[] {
  const newest = sums.reduce((day, one) => (one.day > day ? one.day : day), '');
  const instanceMb = Math.max(0, ...sums.filter(({ day }) => day === newest).map(({ memory }) => memory.instanceMb));
  const same = sums.filter(({ memory }) => memory.instanceMb === instanceMb);
  if (sum(same, ({ usage }) => usage.executions) < FEWEST_EXECUTIONS) return [];
  const peakMb = Math.max(...same.map(({ memory }) => memory.peakBytes)) / MB;
  const size = SIZES_MB.find((mb) => peakMb * HEADROOM <= mb);
  if (size === undefined || size >= instanceMb) return [];
  const cost = costOf(usageOf(same), prices).compute;
  return [
    {
      kind: 'oversized-memory',
      pipeline: null,
      message: `no worker had more than ${Math.round(peakMb)} MB in ${days} days, and instances have ${instanceMb} MB`,
      fix: `Set instanceMemoryMB and SLUICE_INSTANCE_MEMORY_MB to ${size}; the engine then spills sooner, so watch sluice.engine.spill.`,
      monthlySaving: monthly(cost * (1 - size / instanceMb), days),
      figures: { peakMb: Math.round(peakMb), instanceMb, smallerMb: size, computeCost: cost },
    },
  ];
}

/** Kept in the dearest tier, and not touched for 30 days. */
function hotData({ inventory, prices }: FindingsInput): Finding[] {
  const hot = (inventory?.classes ?? []).filter(
    ({ tier, oldBytes }) => tier === 'hot' && oldBytes >= SMALLEST_OLD_BYTES,
  );
  return hot.map(({ name, pipeline, oldBytes }) => ({
    kind: 'hot-data',
    pipeline,
    message: `${gigabytes(oldBytes)} GB of ${name} are in the hot tier and were not written for 30 days`,
    fix:
      name === 'quarantine'
        ? 'Add retention: { archive: { after: 30d, tier: cool } } to the pipeline.'
        : 'Keep it for less long (retention.artifacts), or let a lifecycle rule of the account move it.',
    monthlySaving: (oldBytes / GB) * (prices.blobStorage.hot - prices.blobStorage.cool),
    figures: { bytes: oldBytes },
  }));
}

function retentionNotApplied({ inventory, now, pipelines, prices }: FindingsInput): Finding[] {
  if (inventory === null || Date.parse(now) - Date.parse(inventory.at) > STOCK_IS_OLD_MS) {
    const since = inventory === null ? 'ever' : `since ${inventory.at.slice(0, 10)}`;
    return [
      {
        kind: 'retention-not-applied',
        pipeline: null,
        message: `maintenance has not gone through the artifacts ${since}`,
        fix: 'Look at the function start-maintenance and at GET /api/maintenance/maintenance for what stops it.',
        monthlySaving: null,
        figures: {},
      },
    ];
  }
  const known = new Set(pipelines);
  const left = grouped(
    inventory.classes.filter(({ pipeline }) => pipeline !== null && !known.has(pipeline)),
    ({ pipeline }) => pipeline ?? '',
  );
  return [...left].flatMap(([pipeline, classes]): Finding[] => {
    const bytes = classes.reduce((total, one) => total + one.bytes, 0);
    if (bytes < SMALLEST_OLD_BYTES) return [];
    const saving = classes.reduce((total, one) => total + (one.bytes / GB) * prices.blobStorage[one.tier], 0);
    return [
      {
        kind: 'retention-not-applied',
        pipeline,
        message: `${gigabytes(bytes)} GB belong to a pipeline that is not there any more`,
        fix: 'They go when the longest retention of the other pipelines has passed; delete them by hand if nobody wants them.',
        monthlySaving: saving,
        figures: { bytes },
      },
    ];
  });
}

function usageOf(sums: readonly UsageSum[]): Usage {
  return sums.map(({ usage }) => usage).reduce(addUsage, NO_USAGE);
}

function sum(sums: readonly UsageSum[], of: (one: UsageSum) => number): number {
  return sums.reduce((total, one) => total + of(one), 0);
}

function monthly(cost: number, days: number): number {
  return (cost / days) * 30;
}

function gigabytes(bytes: number): string {
  return (bytes / GB).toFixed(bytes < GB ? 2 : 1);
}

function grouped<T, Key>(all: readonly T[], keyOf: (one: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
