import { DiskBudgetError } from '../../errors/disk-budget-error';
import type { Partition } from '../../model/slice';

/** Raw copy, good rows and spill of one partition, as a multiple of its bytes at the source. Measured on compressed CSV. */
const BYTES_PER_SOURCE_BYTE = 4;

/**
 * Throws `DiskBudgetError` when a partition would not fit into the temporary disk of one engine session. Bytes. `isSingle` says that the
 * steps of the pipeline leave no choice but one partition.
 */
export function checkDiskBudget(partitions: readonly Partition[], tempLimitBytes: number, isSingle = false): void {
  for (const { label, estimatedBytes } of partitions) {
    const needed = (estimatedBytes ?? 0) * BYTES_PER_SOURCE_BYTE;
    if (needed > tempLimitBytes) throw new DiskBudgetError(label, needed, tempLimitBytes, isSingle);
  }
}
