import { SluiceError } from './sluice-error';

/** A request is longer than the API reads: its body in bytes, or its address in characters. */
export class RequestTooLargeError extends SluiceError {
  constructor(limit: number, part: 'body' | 'address' = 'body') {
    const unit = part === 'body' ? 'bytes' : 'characters';
    super(`The ${part} of the request is longer than ${limit} ${unit}.`, {
      class: 'persistent',
      code: 'request-too-large',
      nextAction: 'Send less: data comes from files, and a request only names pipelines and parameters.',
    });
  }
}
