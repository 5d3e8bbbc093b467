import { ApprovalRequiredError } from '../../errors/approval-required-error';
import { startKeyOf, plainEtag } from '../start-key';
import { startRun, type Started } from '../start-run';
import type { Orchestrations, TriggerServices } from '../trigger-services';

/** One version of one blob, as a trigger saw it. */
export interface ArrivedFile {
  readonly kind: 'blob' | 'event';
  readonly pipeline: string;
  /** `container/name`. */
  readonly path: string;
  readonly etag: string;
}

/**
 * Starts the pipeline for a blob version once, whichever trigger sees it and however often. Null for a pipeline of which no version is approved yet: the
 * file is there for its first run.
 */
export async function startForFile(
  services: TriggerServices,
  client: Orchestrations,
  { kind, pipeline, path, etag: given }: ArrivedFile,
): Promise<Started | null> {
  const etag = plainEtag(given);
  const started = await startRun(services, client, {
    request: { pipelines: [pipeline] },
    trigger: { kind, pipeline, path, etag },
    startKey: startKeyOf({ kind: 'file', pipeline, path, etag }),
    by: kind,
  }).catch((error: unknown) => {
    if (!(error instanceof ApprovalRequiredError)) throw error;
    services.log.warn('file-waits-for-approval', { pipeline, path, etag });
    return null;
  });
  if (started === null) return null;
  const event = started.created ? 'file-started-run' : 'file-already-started-run';
  services.log.info(event, { pipeline, path, etag, runId: started.runId });
  return started;
}
