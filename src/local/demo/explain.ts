import { SluiceError } from '../../errors/sluice-error';
import { UsageError } from './demo-options';

/** An error as a person wants to read it on the command line. */
export function explain(error: unknown): string {
  if (error instanceof SluiceError) return `${error.message}\n${error.nextAction}`;
  if (error instanceof UsageError) return `${error.message}\nSee --help.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
