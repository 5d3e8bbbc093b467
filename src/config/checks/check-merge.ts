import type { PipelineConfig } from '../schema/pipeline';
import type { Report } from './check-pipeline';

/** What `target.merge` says must fit the write disposition and itself. */
export function checkMerge({ target }: PipelineConfig, report: Report): void {
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
