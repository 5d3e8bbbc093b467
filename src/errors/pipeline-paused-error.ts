import { SluiceError } from './sluice-error';

/** A start of a pipeline that somebody paused by its name, or of any while all are paused. */
export class PipelinePausedError extends SluiceError {
  constructor(
    /** Null where all are paused. */
    pipeline: string | null,
    { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
  ) {
    super(`${pipeline ?? 'Every pipeline'} was paused by ${by} at ${at}: ${reason}`, {
      class: 'business',
      code: 'pipeline-paused',
      nextAction:
        pipeline === null
          ? 'Resume them with sluice resume --all, or POST /api/resume; or start it with force.'
          : 'Resume it with sluice resume, or POST /api/pipelines/{name}/resume; or start it with force.',
    });
  }
}
