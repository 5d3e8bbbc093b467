import { SluiceError } from './sluice-error';

const mb = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;

/** A partition needs more temporary disk than one engine session may use: found when planning, before anything is read. */
export class DiskBudgetError extends SluiceError {
  constructor(partition: string, neededBytes: number, limitBytes: number, isSingle = false) {
    super(
      `The partition ${partition} needs about ${mb(neededBytes)} of temporary disk, ${mb(limitBytes)} are allowed.`,
      {
        class: 'persistent',
        code: 'disk-budget-exceeded',
        nextAction: isSingle
          ? 'The steps aggregate and sql need all rows of a run at once: take fewer files in one run, or give the instance more disk (SLUICE_TEMP_DISK_MB).'
          : 'Make the partitions smaller (source.partitions.targetBytes), cut the file, or give the instance more disk (SLUICE_TEMP_DISK_MB).',
      },
    );
  }
}
