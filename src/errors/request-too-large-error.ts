import { SluiceError } from './sluice-error';

/** The body of a request is longer than the API reads. */
export class RequestTooLargeError extends SluiceError {
  constructor(limitBytes: number) {
    super(`The body of the request is longer than ${limitBytes} bytes.`, {
      class: 'persistent',
      code: 'request-too-large',
      nextAction: 'Send less: data comes from files, and a request only names pipelines and parameters.',
    });
  }
}
