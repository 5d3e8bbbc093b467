import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { announce } from '../ui/announce';
import { Dialog, type Confirmed } from '../ui/dialog';
import { ReasonField } from '../ui/field';
import { waitsForApproval } from './waits-for-approval';

/** Lets runs use another version of a pipeline, or the deployed one again. */
export function ActivateDialog({
  pipeline,
  hash,
  deployed,
  onDone,
  onClose,
}: {
  readonly pipeline: string;
  readonly hash: string;
  /** Whether it is the deployed one. */
  readonly deployed: boolean;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const activate = async (confirmed: Confirmed): Promise<void> => {
    const path = `pipelines/${encodeURIComponent(pipeline)}/versions/${deployed ? 'deployed' : hash}/activate`;
    const answer = await ask<unknown>('POST', path, { reason, ...confirmed });
    if (!waitsForApproval(answer)) announce(`Runs of ${pipeline} use ${hash.slice(0, 12)} from now on.`);
    onDone();
  };
  return (
    <Dialog
      title={`Use version ${hash.slice(0, 12)} of ${pipeline}`}
      action="Use it"
      onConfirm={activate}
      onClose={onClose}
    >
      <p>
        {deployed
          ? 'Runs use the deployed definition again.'
          : 'Runs use it in place of the deployed definition, until another one is deployed. Runs under way keep theirs.'}
      </p>
      <ReasonField value={reason} onInput={setReason} />
    </Dialog>
  );
}
