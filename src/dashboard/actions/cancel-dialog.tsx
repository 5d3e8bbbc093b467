import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { announce } from '../ui/announce';
import { Dialog, type Confirmed } from '../ui/dialog';
import { ReasonField } from '../ui/field';

/** Cancels a run. */
export function CancelDialog({
  runId,
  onDone,
  onClose,
}: {
  readonly runId: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [force, setForce] = useState(false);
  const cancel = async (confirmed: Confirmed): Promise<void> => {
    await ask('POST', `runs/${runId}/cancel`, { reason, force, ...confirmed });
    announce('The run is being cancelled.');
    onDone();
  };
  return (
    <Dialog title="Cancel this run" action="Cancel the run" danger onConfirm={cancel} onClose={onClose}>
      <p>It ends before its next effect, through its own clean-up. What it has published stays.</p>
      <ReasonField value={reason} onInput={setReason} required={false} />
      <label class="check">
        <input type="checkbox" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
        End it at once, without clean-up: a commit that is under way may still happen
      </label>
    </Dialog>
  );
}
