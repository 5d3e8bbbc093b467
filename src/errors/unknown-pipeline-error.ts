import { SluiceError } from './sluice-error';

/** A run names a pipeline that the project does not have. */
export class UnknownPipelineError extends SluiceError {
  constructor(name: string, fix: string) {
    super(`There is no pipeline '${name}'.`, { class: 'persistent', code: 'unknown-pipeline', nextAction: fix });
  }
}
