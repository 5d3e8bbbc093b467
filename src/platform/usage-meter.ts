import { AsyncLocalStorage } from 'node:async_hooks';
import { addConnection, NO_USAGE, type BlobClass, type ConnectionUsage, type Usage } from '../model/usage';
import { ActiveTime } from './active-time';

/** Counts what one piece of work uses, wherever the calls are made. */
class UsageMeter {
  private readonly blob: Record<BlobClass, number> = { ...NO_USAGE.blob };
  private readonly connections: Record<string, ConnectionUsage> = {};
  private table = 0;
  private sentBytes = 0;
  private receivedBytes = 0;

  countRequest(kind: BlobClass | 'table', sentBytes: number, receivedBytes: number): void {
    if (kind === 'table') this.table += 1;
    else this.blob[kind] += 1;
    this.sentBytes += sentBytes;
    this.receivedBytes += receivedBytes;
  }

  countConnection(name: string, used: ConnectionUsage): void {
    const before = this.connections[name];
    this.connections[name] = before === undefined ? used : addConnection(before, used);
  }

  usage(activeMs: number, instanceMb: number): Usage {
    return {
      executions: 1,
      activeMs,
      gbSeconds: (activeMs / 1000) * (instanceMb / 1024),
      blob: { ...this.blob },
      table: this.table,
      storageSentBytes: this.sentBytes,
      storageReceivedBytes: this.receivedBytes,
      connections: { ...this.connections },
    };
  }
}

const meters = new AsyncLocalStorage<UsageMeter>();
const activeTime = new ActiveTime();

/**
 * Does the work and gives what it used, on an instance of so many MB; whatever it awaits belongs to it. `work` must not throw: see `runActivity`.
 */
export async function withUsage<T>(
  instanceMb: number,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly usage: Usage }> {
  const meter = new UsageMeter();
  const end = activeTime.begin();
  let activeMs = 0;
  let value: T;
  try {
    value = await meters.run(meter, work);
  } finally {
    activeMs = end();
  }
  return { value, usage: meter.usage(activeMs, instanceMb) };
}

/** Counts one request to a storage account for the work under way; nothing outside of any. */
export function countStorageRequest(kind: BlobClass | 'table', sentBytes: number, receivedBytes: number): void {
  meters.getStore()?.countRequest(kind, sentBytes, receivedBytes);
}

/** Counts what was used of a connection of the project for the work under way; nothing outside of any. */
export function countConnection(name: string, used: ConnectionUsage): void {
  meters.getStore()?.countConnection(name, used);
}
