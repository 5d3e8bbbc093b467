import { ReleaseAlreadyPublishedError } from '../../errors/release-already-published-error';
import { ReleaseSupersededError } from '../../errors/release-superseded-error';
import type { Release } from '../../model/release';
import type { LedgerEntry, Target } from '../../steps/load/target';
import type { PipelineOfRun } from './pipeline-of-run';

/**
 * Looks through the whole ledger of the pipeline for what speaks against a release: another run has loaded it, or the loads that its rows
 * were kept out of are not what the table holds. Throws `ReleaseAlreadyPublishedError` and `ReleaseSupersededError`.
 */
export async function refuseRelease(
  target: Pick<Target, 'ledgerSince'>,
  { pipeline }: Pick<PipelineOfRun, 'pipeline'>,
  release: Release,
  runId: string,
): Promise<void> {
  const ledger = (await target.ledgerSince(pipeline.pipeline, 0)).filter(({ undoneBy }) => undoneBy === undefined);
  const twin = ledger.find((entry) => releaseIn(entry) === release.id && entry.runId !== runId);
  if (twin !== undefined) throw new ReleaseAlreadyPublishedError(release.id, twin.runId, twin.load);
  const current = currentGeneration(ledger);
  for (const origin of release.runs) {
    const loaded = ledger.some((entry) => entry.runId === origin);
    if (!loaded) {
      throw new ReleaseSupersededError(
        `${release.id} holds rows of ${origin}, which published nothing: a later run takes the same rows from the source again`,
      );
    }
    if (!current.some((entry) => entry.runId === origin)) {
      const load = current[0]?.load ?? 0;
      throw new ReleaseSupersededError(
        `${release.id} holds rows of ${origin}, and load ${load} has replaced what that run loaded`,
      );
    }
  }
}

function releaseIn({ slice }: LedgerEntry): string | null {
  return slice.kind === 'release' ? slice.release : null;
}

/** The newest `replace` and what was added since; the whole ledger when nothing was ever replaced. */
function currentGeneration(ledger: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const start = ledger.findLastIndex((entry) => entry.writeDisposition === 'replace');
  return start < 0 ? ledger : ledger.slice(start);
}
