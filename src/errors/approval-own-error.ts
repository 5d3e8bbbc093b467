import { SluiceError } from './sluice-error';

/** Whoever asks for something cannot approve it. */
export class ApprovalOwnError extends SluiceError {
  constructor(id: string, requester: string) {
    super(`${requester} asked for ${id}, and somebody else has to decide about it.`, {
      class: 'business',
      code: 'approval-own',
      nextAction: 'Have somebody else with the role approver decide; or take it back with sluice approvals withdraw.',
    });
  }
}
