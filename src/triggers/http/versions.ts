import { z } from 'zod';
import { DefinitionNotFoundError } from '../../errors/definition-not-found-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import {
  usedVersion,
  type DefinitionPin,
  type DefinitionVersion,
  type UsedVersion,
} from '../../model/definition-version';
import { requestApproval } from '../approvals/request-approval';
import { activateVersion } from '../definitions/activate-version';
import { keptDefinition, versionChanges } from '../definitions/kept-definition';
import { changesWait, deployedVersions } from '../definitions/note-deployed';
import type { TriggerServices } from '../trigger-services';
import { waitingAnswer } from './approvals';
import { callerOf, requesterOf } from './caller';
import { confirmation, guardsOf, requireConfirmation, waitsForApproval } from './guards';
import { addressOf, type Route } from './handle';
import { readBody, readQuery } from './read-request';

export const versionsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) });
const hashText = z.string().regex(/^[0-9a-f]{6,64}$/, 'is the beginning of a hash: 6 to 64 of 0-9 and a-f');
export const versionQuery = z.strictObject({ against: hashText.optional() });
export const activateBody = z.strictObject({ reason: z.string().min(1).max(500), confirm: confirmation });

/** `GET /api/pipelines/{name}/versions`: what was ever deployed, newest first, each with what it changed, and which one runs use. */
export const listVersions: Route = async (services, request) => {
  const { limit } = readQuery(request, versionsQuery);
  const pipeline = request.params['name'] ?? '';
  const state = await stateOf(services, pipeline);
  const { stores, environment } = services;
  const all = await stores.definitions.list(environment, pipeline);
  const versions = await Promise.all(
    all.slice(0, limit).map(async (version, index) => ({
      ...shown(version),
      deployed: version.hash === state.deployed,
      used: version.hash === state.used.hash,
      changes: await versionChanges(stores, all[index + 1] ?? null, version),
    })),
  );
  const history = await stores.definitions.events(environment, pipeline, limit);
  return { jsonBody: { pipeline, environment, ...state, versions, history } };
};

/** `GET /api/pipelines/{name}/versions/{hash}`: a version with its definition; `?against=` says what differs from another. */
export const getVersion: Route = async (services, request) => {
  const { against } = readQuery(request, versionQuery);
  const pipeline = request.params['name'] ?? '';
  await stateOf(services, pipeline);
  const version = await findVersion(services, pipeline, request.params['hash'] ?? '');
  const other = against === undefined ? undefined : await findVersion(services, pipeline, against);
  const definition = await keptDefinition(services.stores, version);
  const changes = other && { against: other.hash, ...(await versionChanges(services.stores, other, version)) };
  return { jsonBody: { pipeline, ...shown(version), definition, ...(changes && { changes }) } };
};

/**
 * `POST /api/pipelines/{name}/versions/{hash}/activate`: runs use this version in place of the deployed one, until another one is deployed; `deployed` as the
 * hash: the deployed one again.
 */
export const activate: Route = async (services, request, client) => {
  const { reason, confirm } = await readBody(request, activateBody);
  const pipeline = request.params['name'] ?? '';
  const { deployed, used, isDeployed } = await stateOf(services, pipeline);
  if (!isDeployed) throw new UnknownPipelineError(pipeline, 'It is not in the folder any more: deploy it again.');
  const named = request.params['hash'] ?? '';
  const hash = named === 'deployed' ? deployed : (await findVersion(services, pipeline, named)).hash;
  requireConfirmation(services, request, { action: 'activate', names: [pipeline], confirm });
  // Whatever keeps it from being used is said before anybody is asked.
  await services.definitions.runnableWith({ [pipeline]: hash });
  const by = callerOf(services, request);
  const guards = guardsOf(services);
  if (waitsForApproval(guards, 'change') && used.hash !== hash) {
    const approval = await requestApproval(services, client, guards, {
      action: { kind: 'activation', pipeline, hash },
      subject: `${pipeline} ${hash}`,
      ...requesterOf(services, request),
      reason,
      summary: `use version ${hash.slice(0, 12)} of ${pipeline}${hash === deployed ? ', the deployed one' : ' in place of the deployed one'}`,
    });
    return waitingAnswer(request, approval);
  }
  await activateVersion(services, { pipeline, hash, by, reason });
  const after = await stateOf(services, pipeline);
  return {
    jsonBody: { pipeline, ...after, links: { versions: addressOf(request, `pipelines/${pipeline}/versions`) } },
  };
};

/** Where the definition of a pipeline stands. */
export interface VersionState {
  /** The hash of what is in the folder; of what was there last, for a pipeline that is not there any more. */
  readonly deployed: string;
  readonly used: UsedVersion;
  /** Who wants another version than the deployed one; null where nobody does. */
  readonly pin: DefinitionPin | null;
  readonly isDeployed: boolean;
}

/** Which version of a pipeline is deployed, which one runs use, and why; null for one that was never deployed here. */
export async function versionStates(services: TriggerServices): Promise<(pipeline: string) => VersionState | null> {
  const { project, stores, environment, definitions } = services;
  // Notes what is deployed, where that was not done yet; an invalid folder has nothing to note.
  await definitions.runnable().catch(() => undefined);
  const loaded = project.load();
  const heads = await stores.definitions.heads(environment);
  const hashes = deployedVersions(loaded);
  const wait = loaded.guards !== null && changesWait(loaded.guards);
  return (pipeline) => {
    const head = heads.get(pipeline)?.value;
    const isDeployed = Object.hasOwn(hashes, pipeline);
    const deployed = isDeployed ? hashes[pipeline] : head?.deployed;
    if (deployed === undefined) return null;
    const used = usedVersion(head, deployed, wait);
    return { deployed, used, pin: used.why === 'activated' ? (head?.pin ?? null) : null, isDeployed };
  };
}

/** The same of one. Throws `unknown-pipeline`. */
async function stateOf(services: TriggerServices, pipeline: string): Promise<VersionState> {
  const state = (await versionStates(services))(pipeline);
  if (state === null) throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
  return state;
}

async function findVersion(
  { stores, environment }: TriggerServices,
  pipeline: string,
  hash: string,
): Promise<DefinitionVersion> {
  const found = hashText.safeParse(hash).success ? await stores.definitions.list(environment, pipeline, hash) : [];
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new DefinitionNotFoundError(pipeline, hash.slice(0, 64), found.length);
  return only;
}

function shown({ hash, firstSeenAt, by, environment }: DefinitionVersion) {
  return { hash, environment, firstSeenAt, by };
}
