import { SluiceError } from '../../errors/sluice-error';
import { DATA } from './repository';

/** The demo could not go on: the app answered something else than its API promises. */
export class DemoError extends SluiceError {
  constructor(message: string, nextAction = `Read ${DATA.hostLog}; npm run reset starts afresh.`) {
    super(message, { class: 'infrastructure', code: 'demo-failed', nextAction });
  }
}
