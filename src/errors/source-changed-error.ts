import { SluiceError } from './sluice-error';

/** A file is no longer the version that the run was planned with. */
export class SourceChangedError extends SluiceError {
  constructor(path: string, connection: string, cause?: unknown) {
    super(`${path} changed after this run was planned (connection ${connection})`, {
      class: 'persistent',
      code: 'source-changed',
      nextAction: 'Start a new run: it plans the new version of the file. Write files once, or set source.settle.',
      connection,
      cause,
    });
  }
}
