import { SluiceError } from '../../errors/sluice-error';

/** An error as a person wants to read it on the command line. */
export function explain(error: unknown): string {
  if (error instanceof SluiceError) return `${error.message}\n${error.nextAction}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
