import { SluiceError } from './sluice-error';

/** A pipeline has no version of that hash, or more than one whose hash begins so. */
export class DefinitionNotFoundError extends SluiceError {
  constructor(pipeline: string, hash: string, found: number) {
    const message =
      found > 1
        ? `${found} versions of ${pipeline} begin with ${hash}.`
        : `There is no version ${hash} of ${pipeline} in this environment.`;
    super(message, {
      class: 'business',
      code: 'definition-not-found',
      nextAction: 'List them with sluice versions, or GET /api/pipelines/{name}/versions, and write more of the hash.',
    });
  }
}
