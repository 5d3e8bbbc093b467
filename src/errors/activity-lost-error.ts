import { SluiceError } from './sluice-error';

/** The host ended an activity from outside: it ran out of time or memory, or its worker was stopped. */
export class ActivityLostError extends SluiceError {
  constructor(activity: string, cause: unknown) {
    super(`the host ended the activity ${activity} before it answered`, {
      class: 'infrastructure',
      code: 'activity-lost',
      nextAction: 'It is tried again by itself; if that does not help, see the memory and time limits of the app.',
      dataState: 'unknown',
      cause,
    });
  }
}
