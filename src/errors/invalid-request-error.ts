import { SluiceError } from './sluice-error';
import { someOf } from './some-of';

/** Nobody corrects more at once, and a request with thousands of faults is no honest one. */
const MOST_FAULTS = 100;

/** A request to the API cannot be understood. */
export class InvalidRequestError extends SluiceError {
  /** What is wrong where: `pipelines[0]`, `limit`, ... An empty path is the request as a whole. */
  readonly faults: readonly { readonly path: string; readonly message: string }[];

  constructor(faults: InvalidRequestError['faults']) {
    const shown = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    super(`The request is not right: ${someOf(shown)}.`, {
      class: 'persistent',
      code: 'invalid-request',
      nextAction: 'Correct the request as docs/api.md describes it, and send it again.',
    });
    this.faults = faults.slice(0, MOST_FAULTS);
  }
}
