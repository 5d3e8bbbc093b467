import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { BatchInDetail } from '../api/types';
import { formatRows } from '../format';
import { announce } from '../ui/announce';
import { waitsForApproval } from './waits-for-approval';
import { Dialog } from '../ui/dialog';
import { ReasonField } from '../ui/field';

/** Loads what is decided. */
export function ReleaseDialog({
  batch,
  onDone,
  onClose,
}: {
  readonly batch: BatchInDetail;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const release = async (): Promise<void> => {
    const answer = await ask<unknown>('POST', `quarantine/${encodeURIComponent(batch.batch)}/release`, { reason });
    if (!waitsForApproval(answer)) announce('The release was asked for.');
    onDone();
  };
  return (
    <Dialog
      title={`Release ${formatRows(batch.counts.decided)}`}
      action="Release"
      onConfirm={release}
      onClose={onClose}
    >
      <p>
        A run of its own loads them into {batch.pipeline}, each row once. Rows that fail again are quarantined again.
      </p>
      <ReasonField value={reason} onInput={setReason} required={false} />
    </Dialog>
  );
}
