import { ask } from '../api/client';
import type { Started } from '../api/types';
import { go, linkTo } from '../router';
import { announce } from '../ui/announce';
import { Dialog, type Confirmed } from '../ui/dialog';

/** Starts all pipelines in the order in which they depend on each other. */
export function StartAllDialog({
  pipelines,
  onClose,
}: {
  readonly pipelines: readonly string[];
  readonly onClose: () => void;
}) {
  const start = async (confirmed: Confirmed): Promise<void> => {
    const { runId } = await ask<Started>('POST', 'runs', confirmed);
    announce('All pipelines were started.');
    go(linkTo(['runs', runId]));
  };
  return (
    <Dialog title="Start all pipelines" action="Start all" onConfirm={start} onClose={onClose}>
      <p>
        {pipelines.join(', ')}: each after those that it depends on, with the defaults of their parameters. Those that
        are paused are skipped.
      </p>
    </Dialog>
  );
}
