import type { Engine } from '../engine/engine-session';
import type { ArtifactRef } from '../model/artifact';
import type { QuarantinedQuery, QuarantinedRow } from '../model/quarantined-row';
import { misfittingEdits, readQuarantined } from '../steps/review/read-quarantined';

/** A batch's rows, as far as reading them goes. */
interface Batch {
  readonly artifact: ArtifactRef;
}

/** Reads quarantined rows where the artifact that holds them can be fetched. */
export interface QuarantineReader {
  read(batch: Batch, query: QuarantinedQuery): Promise<readonly QuarantinedRow[]>;
  /** The columns whose new values are none of their type; a null type: there is no such column. */
  misfits(
    batch: Batch,
    edits: Readonly<Record<string, string | null>>,
  ): Promise<readonly { readonly column: string; readonly type: string | null }[]>;
}

/** A reader with an engine of its own; `fetch` brings an artifact into a folder and gives its path. */
export function readQuarantine(
  engine: Engine,
  fetch: (artifact: ArtifactRef, folder: string) => Promise<string>,
): QuarantineReader {
  return {
    read: ({ artifact }, query) =>
      engine.use(async (session) =>
        readQuarantined(session, await fetch(artifact, session.scratchFolder), artifact.columns, query),
      ),
    misfits: ({ artifact }, edits) => engine.use((session) => misfittingEdits(session, artifact.columns, edits)),
  };
}
