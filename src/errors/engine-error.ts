import { SluiceError } from './sluice-error';

/** Anything that the row engine refused or could not do. One subclass for each thing a person would do differently. */
export abstract class EngineError extends SluiceError {}
