import type { CliContext, ExitCode } from '../../cli-context';
import { UsageError } from '../../usage-error';

/** One of the things that `sluice quarantine` does. */
export interface QuarantineAction {
  readonly name: string;
  run(context: CliContext): Promise<ExitCode>;
}

/** The address of a batch below the API's base. Throws `UsageError` without one. */
export function batchAddress(batch: string | undefined): string {
  if (batch === undefined) throw new UsageError('name the batch: sluice quarantine list shows them');
  return `/quarantine/${encodeURIComponent(batch)}`;
}
