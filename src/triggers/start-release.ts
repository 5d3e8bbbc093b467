import type { Release } from '../model/release';
import { startKeyOf } from './start-key';
import { startRun, type Started } from './start-run';
import type { Orchestrations, TriggerServices } from './trigger-services';

export interface ReleaseStart {
  /** Who decided, for the audit and the run record. */
  readonly by: string;
  readonly correlationId?: string;
  /** Above 0 for a new run after the one before failed; the target still takes the release once. */
  readonly attempt?: number;
  /** Run parameters of the pipeline; those with a default may be left out. */
  readonly parameters?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * Starts the run that loads a release, with the pipeline's present definition. The release's id is the start key: starting it again, with the same `attempt`, gives
 * the run that is there already.
 * @throws {ProjectInvalidError | UnknownPipelineError | InvalidParametersError | StorageError} with nothing recorded.
 */
export async function startRelease(
  services: TriggerServices,
  client: Orchestrations,
  release: Release,
  { by, correlationId, attempt = 0, parameters }: ReleaseStart,
): Promise<Started> {
  const { id, pipeline, runs } = release;
  return startRun(services, client, {
    request: { pipelines: [pipeline], ...(parameters && { parameters }) },
    trigger: { kind: 'release', by, pipeline, release: id, releaseOf: runs },
    startKey: startKeyOf({ kind: 'release', release: id, attempt }),
    by,
    ...(correlationId !== undefined && { correlationId }),
    release,
    // Somebody asked for these rows by name.
    evenPaused: true,
  });
}
