import type { LoadedProject } from '../../config/load-project';
import type { Project } from '../../config/project';
import { NO_GUARDS, type Guards } from '../../config/schema/guards';
import { withDefinitions, type StoredDefinition } from '../../config/with-definitions';
import { DefinitionNotFoundError } from '../../errors/definition-not-found-error';
import { DefinitionNotUsableError } from '../../errors/definition-not-usable-error';
import { usedVersion, type UsedVersion } from '../../model/definition-version';
import { askForChanges } from '../approvals/ask-for-changes';
import type { ProjectSource } from '../project-source';
import { changesWait, deployedVersions, noteDeployed, type DefinitionServices, type Heads } from './note-deployed';
import { readStoredDefinition } from './stored-definition';

/** The project that runs use. */
export interface RunnableProject {
  /** With activated and approved versions in place of deployed ones. */
  readonly project: Project;
  readonly loaded: LoadedProject;
  readonly guards: Guards;
  /** What is deployed, by pipeline. */
  readonly deployed: Readonly<Record<string, string>>;
  /** What runs use, by pipeline. */
  readonly used: Readonly<Record<string, UsedVersion>>;
  /** Their hashes: what a run plan pins. Those that wait for an approval stand with what is deployed, and must not run. */
  readonly versions: Readonly<Record<string, string>>;
  readonly heads: Heads;
}

/** Which definitions runs use. */
export interface DefinitionRegistry {
  /**
   * Keeps what is deployed, and gives what runs use.
   * @throws {ProjectInvalidError | DefinitionNotUsableError | StorageError}
   */
  runnable(): Promise<RunnableProject>;
  /**
   * The same as if other versions were used of some pipelines: hashes by name.
   * @throws {ProjectInvalidError | DefinitionNotUsableError | DefinitionNotFoundError | StorageError}
   */
  runnableWith(instead: Readonly<Record<string, string>>): Promise<RunnableProject>;
}

/** The registry of one process. What was noted once is not noted again before the folder changes. */
export function createDefinitionRegistry(
  services: DefinitionServices & { readonly project: ProjectSource },
): DefinitionRegistry {
  const { project: source, stores, environment } = services;
  let noted: string | null = null;

  const headsOf = async (loaded: LoadedProject, guards: Guards): Promise<Heads> => {
    const fingerprint = JSON.stringify([deployedVersions(loaded), changesWait(guards)]);
    if (fingerprint === noted) return stores.definitions.heads(environment);
    const heads = await noteDeployed(services, loaded, guards);
    if (changesWait(guards)) await askForChanges(services, guards, heads, deployedVersions(loaded));
    noted = fingerprint;
    return heads;
  };

  const runnableWith = async (instead: Readonly<Record<string, string>>): Promise<RunnableProject> => {
    const { project, loaded } = await source.usable();
    // A project with an overlay that cannot be read is not usable.
    const guards = loaded.guards ?? NO_GUARDS;
    const heads = await headsOf(loaded, guards);
    const deployed = deployedVersions(loaded);
    const used = Object.fromEntries(
      Object.entries(deployed).map(([name, hash]): [string, UsedVersion] => [
        name,
        instead[name] === undefined
          ? usedVersion(heads.get(name)?.value, hash, changesWait(guards))
          : { hash: instead[name], why: 'activated' },
      ]),
    );
    const versions = Object.fromEntries(
      Object.entries(used).map(([name, { hash }]) => [name, hash ?? deployed[name] ?? '']),
    );
    const others = Object.entries(versions).filter(([name, hash]) => hash !== deployed[name]);
    const common = { guards, deployed, used, versions, heads };
    if (others.length === 0) return { project, loaded, ...common };
    const stored: Record<string, StoredDefinition> = {};
    for (const [name, hash] of others) {
      const version = await stores.definitions.get(environment, name, hash);
      if (version === null) throw new DefinitionNotFoundError(name, hash, 0);
      stored[name] = await readStoredDefinition(stores, version);
    }
    const changed = withDefinitions(loaded, stored);
    const checked = await source.checkAs(changed);
    if (checked.project !== null) return { project: checked.project, loaded: changed, ...common };
    const errors = checked.problems.filter(({ severity }) => severity === 'error');
    const [name, hash] = others.find(([one]) => errors.some(({ file }) => file === stored[one]?.label)) ??
      others[0] ?? ['', ''];
    throw new DefinitionNotUsableError(name, hash, errors);
  };

  return { runnable: () => runnableWith({}), runnableWith };
}
