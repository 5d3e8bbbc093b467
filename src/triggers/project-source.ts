import { loadProject, type LoadedProject, type LoadOptions } from '../config/load-project';
import type { Project } from '../config/project';
import { ProjectInvalidError } from '../errors/project-invalid-error';
import type { CheckedProject } from '../project/check-project';

/** The project of the app's pipelines folder, as it is now. */
export interface ProjectSource {
  /** Reads the folder without checking expressions; what is broken is left out of `partial`. */
  load(): LoadedProject;
  /** Reads and checks it; checks again only when something changed. Never throws for what a file holds. */
  check(): Promise<CheckedProject>;
  /**
   * The project, and all that was loaded with it.
   * @throws {ProjectInvalidError} when anything is wrong with it.
   */
  usable(): Promise<{ readonly project: Project; readonly loaded: LoadedProject }>;
  /** Checks what was loaded and then changed, such as a project with other definitions; the same again costs nothing. */
  checkAs(loaded: LoadedProject): Promise<CheckedProject>;
}

/** `check` is `checkProject` with the engine of the process. */
export function createProjectSource(
  options: LoadOptions,
  checkLoaded: (loaded: LoadedProject) => Promise<CheckedProject>,
): ProjectSource {
  const check = remembering(checkLoaded);
  const checkAs = remembering(checkLoaded);
  return {
    load: () => loadProject(options),
    check: () => check(loadProject(options)),
    usable: async () => {
      const loaded = loadProject(options);
      const { project, problems } = await check(loaded);
      if (project !== null) return { project, loaded };
      throw new ProjectInvalidError(problems.filter(({ severity }) => severity === 'error'));
    },
    checkAs,
  };
}

/** A check that is not done again for what was checked last. */
function remembering(
  checkLoaded: (loaded: LoadedProject) => Promise<CheckedProject>,
): (loaded: LoadedProject) => Promise<CheckedProject> {
  let last: { readonly fingerprint: string; readonly checked: Promise<CheckedProject> } | undefined;
  return (loaded) => {
    const { referenceFiles, ownReferenceFiles = {} } = loaded;
    const files = [referenceFiles, ...Object.values(ownReferenceFiles)].map((contents) =>
      Object.entries(contents).map(([file, { sha256 }]) => [file, sha256]),
    );
    const fingerprint = JSON.stringify([loaded.partial, loaded.problems, Object.keys(ownReferenceFiles), files]);
    if (last?.fingerprint === fingerprint) return last.checked;
    const checked = checkLoaded(loaded);
    last = { fingerprint, checked };
    // What failed for a reason of the moment, such as a full disk, is tried again.
    checked.catch(() => {
      last = undefined;
    });
    return checked;
  };
}
