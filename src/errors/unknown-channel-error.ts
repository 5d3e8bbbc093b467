import { SluiceError } from './sluice-error';

/** A channel that alerts.yaml does not have. */
export class UnknownChannelError extends SluiceError {
  constructor(channel: string, known: readonly string[]) {
    super(`There is no channel '${channel}' in alerts.yaml.`, {
      class: 'persistent',
      code: 'unknown-channel',
      nextAction: known.length === 0 ? 'Add channels to alerts.yaml.' : `Take one of ${known.join(', ')}.`,
    });
  }
}
