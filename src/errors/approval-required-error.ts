import { SluiceError } from './sluice-error';

/** No version of a pipeline's definition may be used before somebody approves it. Nothing was started. */
export class ApprovalRequiredError extends SluiceError {
  constructor(pipelines: readonly string[]) {
    super(`No version of ${pipelines.join(', ')} is approved in this environment yet.`, {
      class: 'business',
      code: 'approval-required',
      nextAction: 'Have it approved: sluice approvals lists what waits, and what it would change.',
    });
  }
}
