import { SluiceError } from './sluice-error';

/** One caller asks more of an instance than it takes from one caller. */
export class TooManyRequestsError extends SluiceError {
  constructor(retryAfterMs: number) {
    super(`The caller asks too often; the next request is taken in ${Math.ceil(retryAfterMs / 1000)} s.`, {
      class: 'transient',
      code: 'too-many-requests',
      nextAction:
        'Wait as long as Retry-After says. To follow a run, ask as often as the Retry-After of its answer says.',
      retryAfterMs,
    });
  }
}
