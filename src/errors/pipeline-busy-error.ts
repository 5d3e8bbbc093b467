import { SluiceError } from './sluice-error';

/** Another run holds the pipeline and `onOverlap` is `fail`. */
export class PipelineBusyError extends SluiceError {
  constructor(pipeline: string, holder: string) {
    super(`${holder} is loading ${pipeline} already`, {
      class: 'persistent',
      code: 'pipeline-busy',
      nextAction: 'Run again when the other run has ended, or set concurrency.onOverlap to queue or skip.',
    });
  }
}
