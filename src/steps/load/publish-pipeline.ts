import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { imbalance } from '../../model/counts';
import type { PublishRequest, PublishResult, Target } from './target';

/**
 * Publishes what was staged. Refuses with `ledger-imbalance`, before anything is touched, when the pipeline's counts do not balance, when
 * the staged rows are not the rows to load, or when a partition is there twice.
 */
export async function publishPipeline(target: Target, request: PublishRequest): Promise<PublishResult> {
  const off = imbalance(request.counts);
  if (off !== 0) {
    throw new LedgerImbalanceError(
      off > 0 ? `${off} rows of ${request.pipeline} are lost` : `${request.pipeline} has ${-off} rows too many`,
    );
  }
  const partitions = new Set(request.staged.map(({ partition }) => partition));
  if (partitions.size !== request.staged.length) {
    throw new LedgerImbalanceError(`A partition of ${request.pipeline} is staged twice in one publication`);
  }
  const staged = request.staged.reduce((sum, { facts }) => sum + facts.rows, 0);
  if (staged !== request.counts.loaded) {
    throw new LedgerImbalanceError(`${request.counts.loaded} rows are to be loaded, and ${staged} are staged`);
  }
  const result = await target.publish(request);
  if (result.rows !== staged) {
    throw new LedgerImbalanceError(`${staged} rows were staged, and the target says that it took in ${result.rows}`);
  }
  return result;
}
