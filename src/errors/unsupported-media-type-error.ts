import { SluiceError } from './sluice-error';

/** The body of a request is of a type that the API does not read. */
export class UnsupportedMediaTypeError extends SluiceError {
  constructor(type: string) {
    super(`The body of the request is ${type.slice(0, 100)}.`, {
      class: 'persistent',
      code: 'unsupported-media-type',
      nextAction: 'Send JSON, with Content-Type: application/json.',
    });
  }
}
