import { SluiceError } from './sluice-error';

/** Another load of the pipeline was published after this run was planned. */
export class SliceSupersededError extends SluiceError {
  constructor(message: string, connection: string) {
    super(message, {
      class: 'persistent',
      code: 'slice-superseded',
      nextAction: 'Nothing was published by this run. Start a new one: it plans from where the other load ended.',
      dataState: 'staged-not-published',
      connection,
    });
  }
}
