import { SluiceError } from './sluice-error';

/** A published load cannot be taken back. Nothing was changed. */
export class UndoNotPossibleError extends SluiceError {
  constructor(
    message: string,
    nextAction = 'Undo what depends on it first, the newest run first; or correct the data at the source and load it again.',
  ) {
    super(message, { class: 'business', code: 'undo-not-possible', nextAction });
  }
}
