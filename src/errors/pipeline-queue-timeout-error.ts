import { SluiceError } from './sluice-error';

/** A queued run waited for its turn longer than a run may. */
export class PipelineQueueTimeoutError extends SluiceError {
  constructor(pipeline: string, holder: string | null) {
    super(`waited too long for ${pipeline}, which ${holder ?? 'another run'} holds`, {
      class: 'infrastructure',
      code: 'pipeline-queue-timeout',
      nextAction: 'See why the other run takes so long; cancel it if it hangs, then run again.',
    });
  }
}
