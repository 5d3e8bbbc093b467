import { SluiceError } from './sluice-error';

/** No approval has this id. */
export class ApprovalNotFoundError extends SluiceError {
  constructor(id: string) {
    super(`There is no approval ${id}.`, {
      class: 'business',
      code: 'approval-not-found',
      nextAction: 'List them with sluice approvals, or GET /api/approvals.',
    });
  }
}
