import type { PipelineConfig } from '../schema/pipeline';
import type { Report } from './check-pipeline';

/** What `target.merge` says must fit the write disposition and itself. */
export function checkMerge({ source, target }: PipelineConfig, report: Report): void {
  const { writeDisposition, merge } = target;
  if (writeDisposition !== 'merge') {
    if (merge !== undefined) {
      const message = `merge means nothing to ${writeDisposition}`;
      report(['target', 'merge'], 'wrong-target-key', message, 'Remove it, or write writeDisposition: merge.');
    }
    if (target.undo !== undefined && writeDisposition === 'append') {
      const fix = 'Remove it: an append can be taken back as long as its rows are there.';
      report(['target', 'undo'], 'wrong-target-key', 'undo means nothing to append, which changes no rows', fix);
    }
    return;
  }
  if (merge === undefined) return;
  for (const name of ['validFrom', 'validTo', 'absent'] as const) {
    if (merge.strategy === 'scd2' || merge[name] === undefined) continue;
    const message = `${name} means nothing to strategy: ${merge.strategy}`;
    report(['target', 'merge', name], 'wrong-target-key', message, 'Remove it, or write strategy: scd2.');
  }
  if (merge.absent === 'close' && source.incremental !== undefined) {
    const message = 'absent: close would close every row that an incremental load does not have';
    report(
      ['target', 'merge', 'absent'],
      'wrong-target-key',
      message,
      'Remove it, or read the source whole: without incremental.',
    );
  }
  if (merge.strategy === 'scd2' && (merge.validFrom ?? 'valid_from') === (merge.validTo ?? 'valid_to')) {
    const message = 'validFrom and validTo are the same column';
    report(['target', 'merge', 'validTo'], 'wrong-target-key', message, 'Name two columns.');
  }
  if (merge.strategy === 'delete-insert' && (merge.onDuplicateKey !== 'refuse' || merge.orderBy !== undefined)) {
    const message = 'delete-insert takes all rows of a key, so that none of them is left out';
    const fix = 'Remove onDuplicateKey and orderBy, or use strategy: upsert; a deduplicate step works with both.';
    report(['target', 'merge'], 'wrong-target-key', message, fix);
  } else if (merge.onDuplicateKey === 'deduplicate' && merge.orderBy === undefined) {
    const fix = 'Add orderBy: [updated_at desc], or whatever says which row is the right one.';
    report(['target', 'merge'], 'missing-key', 'deduplicate needs the order that says which row is taken', fix);
  } else if (merge.onDuplicateKey === 'refuse' && merge.orderBy !== undefined) {
    const fix = 'Add onDuplicateKey: deduplicate, or remove it.';
    report(['target', 'merge', 'orderBy'], 'wrong-target-key', 'nothing is taken by orderBy when duplicates are refused', fix); // prettier-ignore
  }
}
