import { SluiceError } from './sluice-error';
import { someOf } from './some-of';

/** The parameters of a run do not fit what its pipelines declare: missing, unknown, or of another type. */
export class InvalidParametersError extends SluiceError {
  /** One sentence for each parameter at fault. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The run's parameters do not fit: ${someOf(faults)}.`, {
      class: 'persistent',
      code: 'invalid-parameters',
      nextAction: 'Give every parameter that has no default, with the declared type, and start the run again.',
    });
    this.faults = faults;
  }
}
