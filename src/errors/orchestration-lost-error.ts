import { SluiceError } from './sluice-error';

/** A part of the run ended without an answer: its worker was restarted, it was terminated, or it has a bug. */
export class OrchestrationLostError extends SluiceError {
  constructor(part: string, cause: unknown) {
    super(`${part} ended without an answer`, {
      class: 'infrastructure',
      code: 'orchestration-lost',
      nextAction: 'Start the run again: what was published is not loaded twice.',
      dataState: 'unknown',
      cause,
    });
  }
}
