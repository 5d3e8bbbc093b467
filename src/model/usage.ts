/** What was used of one thing outside, by the connection's name in the project. */
export interface ConnectionUsage {
  /** Connections opened, or requests sent. */
  readonly calls: number;
  /** For how long they were open. */
  readonly ms: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Requests to Blob storage by how Azure bills them: https://learn.microsoft.com/azure/storage/blobs/map-rest-apis-transaction-categories */
export type BlobClass = 'write' | 'list' | 'read' | 'other' | 'free';

/** What was used of the accounts, the instance and connections. Figures add up. */
export interface Usage {
  /** Activities executed; one that is executed twice is paid twice. */
  readonly executions: number;
  /** Milliseconds of an instance that was active, shared among what was under way in it, rounded as it is billed. */
  readonly activeMs: number;
  /** The same, times the memory of the instance in GB. */
  readonly gbSeconds: number;
  readonly blob: Readonly<Record<BlobClass, number>>;
  /** Requests to tables; a transaction of several rows is one. */
  readonly table: number;
  /** Bytes of bodies, to and from the storage accounts. */
  readonly storageSentBytes: number;
  readonly storageReceivedBytes: number;
  readonly connections: Readonly<Record<string, ConnectionUsage>>;
}

export const NO_USAGE: Usage = {
  executions: 0,
  activeMs: 0,
  gbSeconds: 0,
  blob: { write: 0, list: 0, read: 0, other: 0, free: 0 },
  table: 0,
  storageSentBytes: 0,
  storageReceivedBytes: 0,
  connections: {},
};

const NO_CONNECTION: ConnectionUsage = { calls: 0, ms: 0, sentBytes: 0, receivedBytes: 0 };

export function addUsage(one: Usage, other: Usage): Usage {
  const connections = { ...one.connections };
  for (const [name, its] of Object.entries(other.connections)) {
    connections[name] = addConnection(connections[name] ?? NO_CONNECTION, its);
  }
  return {
    executions: one.executions + other.executions,
    activeMs: one.activeMs + other.activeMs,
    gbSeconds: one.gbSeconds + other.gbSeconds,
    blob: {
      write: one.blob.write + other.blob.write,
      list: one.blob.list + other.blob.list,
      read: one.blob.read + other.blob.read,
      other: one.blob.other + other.blob.other,
      free: one.blob.free + other.blob.free,
    },
    table: one.table + other.table,
    storageSentBytes: one.storageSentBytes + other.storageSentBytes,
    storageReceivedBytes: one.storageReceivedBytes + other.storageReceivedBytes,
    connections,
  };
}

export function addConnection(one: ConnectionUsage, other: ConnectionUsage): ConnectionUsage {
  return {
    calls: one.calls + other.calls,
    ms: one.ms + other.ms,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedBytes: one.receivedBytes + other.receivedBytes,
  };
}

/** What an activity did for its usage: the rows and bytes that a cost is divided by, and what findings look at. */
export interface WorkDone {
  /** Bytes of artifacts that extraction left; of repeated partitions each time, since each time they were moved. */
  readonly bytes: number;
  /** Partitions that were extracted. */
  readonly partitions: number;
  /** Rows that the target took, of the one publish of a run; repetitions say the same, so the largest counts. */
  readonly rows: number;
  /** Whether planning found nothing new. */
  readonly upToDate: boolean;
  /** References of lookups: found on the instance, and fetched. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
}

export const NO_WORK: WorkDone = { bytes: 0, partitions: 0, rows: 0, upToDate: false, cacheHits: 0, cacheMisses: 0 };

export function addWork(one: WorkDone, other: WorkDone): WorkDone {
  return {
    bytes: one.bytes + other.bytes,
    partitions: one.partitions + other.partitions,
    rows: Math.max(one.rows, other.rows),
    upToDate: one.upToDate || other.upToDate,
    cacheHits: one.cacheHits + other.cacheHits,
    cacheMisses: one.cacheMisses + other.cacheMisses,
  };
}

/** What one execution of an activity used. */
export interface Reading {
  /** When it ended: ISO 8601, UTC. */
  readonly at: string;
  /** Unlike any other execution's. */
  readonly execution: string;
  readonly activity: string;
  /** Null for maintenance and the like, which is nobody's run. */
  readonly runId: string | null;
  readonly pipeline: string | null;
  readonly partition: number | null;
  readonly usage: Usage;
  readonly work: WorkDone;
  readonly memory: MemoryPeak;
}

/** The most resident memory that a worker process had had, and what its instance has. */
export interface MemoryPeak {
  readonly peakBytes: number;
  readonly instanceMb: number;
}

/** The usage of one activity of one pipeline in one run on one day, over all its executions. */
export interface UsageSum {
  readonly day: string;
  readonly runId: string | null;
  readonly pipeline: string | null;
  readonly activity: string;
  readonly usage: Usage;
  readonly work: WorkDone;
  readonly memory: MemoryPeak;
}
