import { SluiceError } from './sluice-error';

/** A start by name of a pipeline that somebody paused. */
export class PipelinePausedError extends SluiceError {
  constructor(
    pipeline: string,
    { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
  ) {
    super(`${pipeline} was paused by ${by} at ${at}: ${reason}`, {
      class: 'business',
      code: 'pipeline-paused',
      nextAction: 'Resume it with sluice resume, or POST /api/pipelines/{name}/resume; or start it with force.',
    });
  }
}
