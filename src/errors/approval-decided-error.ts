import type { ApprovalDecision } from '../model/approval';
import { SluiceError } from './sluice-error';

const WORDS = {
  approved: 'was approved',
  rejected: 'was rejected',
  expired: 'has expired',
  withdrawn: 'was withdrawn',
};

/** A decision about an approval that was decided before: the first one stands. */
export class ApprovalDecidedError extends SluiceError {
  constructor(id: string, { verdict, by, at, reason }: ApprovalDecision) {
    super(`${id} ${WORDS[verdict]} at ${at} by ${by}${reason === '' ? '' : `: ${reason}`}.`, {
      class: 'business',
      code: 'approval-decided',
      nextAction:
        verdict === 'approved'
          ? 'Look at what came of it with sluice approvals show.'
          : 'Ask for it again where it is still wanted: that is another approval.',
    });
  }
}
