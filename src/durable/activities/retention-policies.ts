import type { PipelineConfig } from '../../config/schema/pipeline';
import type { RunPlan } from '../../config/project';
import { durationMs } from '../../model/duration';
import type { BlobPolicy } from '../../model/retention';
import type { ActivityServices } from './activity-services';

const DAY_MS = 86_400_000;

/** Of a pipeline that is not there any more: its rows in quarantine are kept for as long as any pipeline's. */
const GONE: BlobPolicy = { artifactsMs: 7 * DAY_MS, quarantineMs: 90 * DAY_MS, archive: null };
/** Nothing is known of retention: nothing is deleted. */
const UNKNOWN: BlobPolicy = { artifactsMs: Infinity, quarantineMs: Infinity, archive: null };

/** What is kept of the blobs of each pipeline, by the project as it is now. */
export function blobPolicies(pipelines: Readonly<Record<string, PipelineConfig>> | null) {
  const known = Object.entries(pipelines ?? {}).map(([name, config]) => [name, policyOf(config)] as const);
  const byName = new Map(known);
  const gone =
    known.length === 0
      ? UNKNOWN
      : { ...GONE, quarantineMs: Math.max(GONE.quarantineMs, ...known.map(([, { quarantineMs }]) => quarantineMs)) };
  return (pipeline: string | null): BlobPolicy => (pipeline === null ? gone : (byName.get(pipeline) ?? gone));
}

function policyOf({ retention, quarantine }: PipelineConfig): BlobPolicy {
  const deadlineMs = durationMs(quarantine.review.deadline);
  const { archive } = retention;
  return {
    artifactsMs: durationMs(retention.artifacts),
    // A review is not to lose its rows before its deadline.
    quarantineMs: Math.max(durationMs(quarantine.retention), deadlineMs),
    archive:
      archive === undefined
        ? null
        : {
            tier: archive.tier,
            // Nobody can read what is in the archive.
            afterMs: Math.max(durationMs(archive.after), archive.tier === 'archive' ? deadlineMs : 0),
          },
  };
}

/** Blobs that something still leads to, whatever their age. */
export async function neededBlobs(services: ActivityServices, active: readonly string[]): Promise<ReadonlySet<string>> {
  const { stores } = services;
  const paths = new Set<string>();
  const plans = new Map<string, { readonly path: string; readonly bytes: number; readonly sha256: string }>();
  for (const runId of active) {
    const start = await stores.runs.start(runId);
    if (start !== null) plans.set(start.plan.path, start.plan);
  }
  for (const { plan } of await stores.backfills.active()) plans.set(plan.path, plan);
  for (const ref of plans.values()) {
    const plan = await stores.artifacts.getJson<RunPlan>(ref);
    const files = [plan.referenceFiles ?? {}, ...Object.values(plan.ownReferenceFiles ?? {})];
    for (const { path } of files.flatMap((its) => Object.values(its))) paths.add(path);
    if (plan.release !== undefined) paths.add(plan.release.artifact.path);
  }
  const { pipelines } = services.watched();
  for (const name of Object.keys(pipelines)) {
    const seen = (await stores.watermarks.get(name))?.seen;
    if (seen) paths.add(seen.path);
    for (const { definition, files } of await stores.definitions.list(services.environment, name)) {
      for (const { path } of [definition, ...Object.values(files)]) paths.add(path);
    }
  }
  return paths;
}
