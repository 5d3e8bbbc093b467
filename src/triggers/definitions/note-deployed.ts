import type { LoadedProject } from '../../config/load-project';
import { referenceHashes } from '../../config/reference-files';
import type { Guards } from '../../config/schema/guards';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { versionHash } from '../../config/version-hash';
import { StorageConflictError } from '../../errors/storage-conflict-error';
import type { BlobRef } from '../../model/artifact';
import type { DefinitionHead } from '../../model/definition-version';
import { referenceBlob } from '../../project/build-run-plan';
import type { Stores, Versioned } from '../../state/stores';
import type { Clock } from '../../platform/clock';

/** What keeping versions needs. */
export interface DefinitionServices {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly environment: string;
  /** Who deploys, as far as the app is told. */
  readonly deployedBy: string;
}

export type Heads = ReadonlyMap<string, Versioned<DefinitionHead>>;

const ATTEMPTS = 5;
const AT_ONCE = 8;

/** Whether a change of a definition waits for an approval. */
export function changesWait(guards: Guards): boolean {
  return guards.approval?.for.includes('change') ?? false;
}

/** The version of each pipeline of the folder, by name. */
export function deployedVersions({ partial, referenceFiles }: LoadedProject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(partial.pipelines).map(([name, pipeline]) => [
      name,
      versionHash(pipeline, referenceHashes(pipeline, referenceFiles)),
    ]),
  );
}

/**
 * Keeps what is deployed: each definition under its hash, with its reference files, and which one is deployed now. Where changes need no
 * approval the deployed one counts as approved, so that an environment that asks for it later begins with what runs already. A pin ends when
 * another version than the one under it is deployed. Does nothing that was done before. Gives the heads as they are then.
 */
export async function noteDeployed(
  services: DefinitionServices,
  loaded: LoadedProject,
  guards: Guards,
): Promise<Heads> {
  const { stores, environment } = services;
  const before = await stores.definitions.heads(environment);
  const news = Object.entries(deployedVersions(loaded)).filter(
    ([name, hash]) => !isNoted(before.get(name)?.value, hash, guards),
  );
  if (news.length === 0) return before;
  for (let first = 0; first < news.length; first += AT_ONCE) {
    await Promise.all(
      news.slice(first, first + AT_ONCE).map(async ([name, hash]) => {
        const pipeline = loaded.partial.pipelines[name];
        if (pipeline !== undefined) await noteOne(services, before, { loaded, pipeline, hash, guards });
      }),
    );
  }
  return stores.definitions.heads(environment);
}

async function noteOne(services: DefinitionServices, before: Heads, noting: Omit<Noting, 'known'>): Promise<void> {
  const { stores, environment } = services;
  const { pipeline, hash, guards } = noting;
  let known = before.get(pipeline.pipeline);
  for (let attempt = 0; !isNoted(known?.value, hash, guards); attempt += 1) {
    if (attempt === ATTEMPTS) throw new StorageConflictError(`noting the definition of ${pipeline.pipeline}`);
    if (await note(services, { ...noting, known })) return;
    known = (await stores.definitions.heads(environment)).get(pipeline.pipeline);
  }
}

function isNoted(head: DefinitionHead | undefined, hash: string, guards: Guards): boolean {
  return head?.deployed === hash && (changesWait(guards) || head.approved === hash);
}

interface Noting {
  readonly loaded: LoadedProject;
  readonly pipeline: PipelineConfig;
  readonly hash: string;
  readonly guards: Guards;
  readonly known: Versioned<DefinitionHead> | undefined;
}

/** `false` when somebody else was faster. */
async function note(services: DefinitionServices, { loaded, pipeline, hash, guards, known }: Noting): Promise<boolean> {
  const { stores, clock, environment, deployedBy: by } = services;
  const { pipeline: name } = pipeline;
  const [at, before] = [clock.now(), known?.value];
  await keep(services, loaded, pipeline, hash);
  const isNew = before?.deployed !== hash;
  const head: DefinitionHead = {
    pipeline: name,
    deployed: hash,
    deployedAt: isNew ? at : before.deployedAt,
    approved: changesWait(guards) ? (before?.approved ?? null) : hash,
    pin: before?.pin?.over === hash ? before.pin : null,
    version: (before?.version ?? 0) + 1,
  };
  const reason = before?.pin && head.pin === null ? `${before.pin.hash.slice(0, 12)} is no longer used instead` : '';
  const kind = isNew ? 'deployed' : 'approved';
  const event = { pipeline: name, at, kind, hash, by, reason } as const;
  if (!(await stores.definitions.saveHead(environment, head, event, known?.etag ?? null))) return false;
  await stores.audit.append({
    at,
    action: `definition-${kind}`,
    by,
    subject: name,
    detail: { hash, before: before?.deployed ?? null, environment },
    correlationId: `${name}-${hash.slice(0, 12)}`,
  });
  return true;
}

async function keep(
  { stores, clock, environment, deployedBy: by }: DefinitionServices,
  { referenceFiles }: LoadedProject,
  pipeline: PipelineConfig,
  hash: string,
): Promise<void> {
  const { artifacts, definitions } = stores;
  if ((await definitions.get(environment, pipeline.pipeline, hash)) !== null) return;
  const files: Record<string, BlobRef> = {};
  for (const file of Object.keys(referenceHashes(pipeline, referenceFiles))) {
    const found = referenceFiles[file];
    if (found === undefined) continue;
    const ref = referenceBlob(found);
    await artifacts.putBytes(ref, found.content);
    files[file] = ref;
  }
  const definition = await artifacts.putJson('definitions', pipeline);
  const { pipeline: name } = pipeline;
  await definitions.put({ pipeline: name, hash, environment, firstSeenAt: clock.now(), by, definition, files });
}
