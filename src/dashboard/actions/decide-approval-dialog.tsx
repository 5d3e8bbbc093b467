import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Approval } from '../api/types';
import { announce } from '../ui/announce';
import { Dialog } from '../ui/dialog';
import { ReasonField } from '../ui/field';

export type ApprovalVerdict = 'approve' | 'reject' | 'withdraw';
const WORDS: Readonly<Record<ApprovalVerdict, readonly [string, string]>> = {
  approve: ['Approve', 'approved'],
  reject: ['Reject', 'rejected'],
  withdraw: ['Withdraw', 'withdrawn'],
};

/** Says yes or no to what somebody else asked for, or takes back what one asked for oneself. */
export function DecideApprovalDialog({
  approval,
  verdict,
  onDone,
  onClose,
}: {
  readonly approval: Approval;
  readonly verdict: ApprovalVerdict;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [verb, done] = WORDS[verdict];
  const decide = async (): Promise<void> => {
    await ask('POST', `approvals/${approval.approval}/decision`, { decision: verdict, reason });
    announce(`It is ${done}.`);
    onDone();
  };
  return (
    <Dialog
      title={`${verb}: ${approval.summary}`}
      action={verb}
      danger={verdict !== 'approve'}
      onConfirm={decide}
      onClose={onClose}
    >
      <p>
        Asked for by {approval.requester}: {approval.reason}
      </p>
      <ReasonField value={reason} onInput={setReason} />
    </Dialog>
  );
}
