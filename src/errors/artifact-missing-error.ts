import { SluiceError } from './sluice-error';

/** An artifact that a run refers to is gone from the work container. */
export class ArtifactMissingError extends SluiceError {
  constructor(path: string, cause?: unknown) {
    super(`The artifact ${path} is not in the work container.`, {
      class: 'persistent',
      code: 'artifact-missing',
      nextAction:
        'Start the run again: it extracts from the source anew. See that nothing else deletes from the container.',
      cause,
    });
  }
}
