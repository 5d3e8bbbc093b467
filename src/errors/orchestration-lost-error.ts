import { SluiceError } from './sluice-error';

/** A part of the run ended without an answer: its worker was restarted, it was terminated, or it has a bug. */
export class OrchestrationLostError extends SluiceError {
  constructor(part: string, cause: unknown) {
    super(`${part} ended without an answer`, {
      class: 'infrastructure',
      code: 'orchestration-lost',
      nextAction:
        'Start the run again: with incremental or replace, what was published is not loaded twice. Before repeating any other append, look at the ledger of the target.',
      dataState: 'unknown',
      cause,
    });
  }
}
