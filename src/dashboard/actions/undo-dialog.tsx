import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Run } from '../api/types';
import { formatRows } from '../format';
import { announce } from '../ui/announce';
import { waitsForApproval } from './waits-for-approval';
import { Dialog, type Confirmed } from '../ui/dialog';
import { ReasonField } from '../ui/field';

/** Takes back what a run published. */
export function UndoDialog({
  run,
  onDone,
  onClose,
}: {
  readonly run: Run;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const published = run.pipelines.filter(({ load }) => load !== null);
  const undo = async (confirmed: Confirmed): Promise<void> => {
    const answer = await ask<unknown>('POST', `runs/${run.runId}/undo`, { reason, ...confirmed });
    if (!waitsForApproval(answer)) announce('The run is being taken back.');
    onDone();
  };
  return (
    <Dialog title="Take this run back" action="Take it back" danger onConfirm={undo} onClose={onClose}>
      <p>
        The rows leave the targets, what they replaced is put back, and the pipelines are <strong>paused</strong> first.
        It is refused where something stands on them.
      </p>
      <ul>
        {published.map(({ pipeline, counts }) => (
          <li key={pipeline}>
            {pipeline}: {formatRows(counts.loaded)}
          </li>
        ))}
      </ul>
      <ReasonField value={reason} onInput={setReason} />
    </Dialog>
  );
}
