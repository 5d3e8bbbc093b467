import { loadProject, type LoadedProject, type LoadOptions } from '../config/load-project';
import type { Project } from '../config/project';
import type { ReferenceContents } from '../config/reference-files';
import { ProjectInvalidError } from '../errors/project-invalid-error';
import type { CheckedProject } from '../project/check-project';

/** The project of the app's pipelines folder, as it is now. */
export interface ProjectSource {
  /** Reads the folder without checking expressions; what is broken is left out of `partial`. */
  load(): LoadedProject;
  /** Reads and checks it; checks again only when something changed. Never throws for what a file holds. */
  check(): Promise<CheckedProject>;
  /**
   * The project, and its reference files as they were checked.
   * @throws {ProjectInvalidError} when anything is wrong with it.
   */
  usable(): Promise<{ readonly project: Project; readonly referenceFiles: ReferenceContents }>;
}

/** `check` is `checkProject` with the engine of the process. */
export function createProjectSource(
  options: LoadOptions,
  checkLoaded: (loaded: LoadedProject) => Promise<CheckedProject>,
): ProjectSource {
  let last: { readonly fingerprint: string; readonly checked: Promise<CheckedProject> } | undefined;
  const check = (loaded: LoadedProject): Promise<CheckedProject> => {
    const files = Object.entries(loaded.referenceFiles).map(([file, { sha256 }]) => [file, sha256]);
    const fingerprint = JSON.stringify([loaded.partial, loaded.problems, files]);
    if (last?.fingerprint === fingerprint) return last.checked;
    const checked = checkLoaded(loaded);
    last = { fingerprint, checked };
    // What failed for a reason of the moment, such as a full disk, is tried again.
    checked.catch(() => {
      last = undefined;
    });
    return checked;
  };
  return {
    load: () => loadProject(options),
    check: () => check(loadProject(options)),
    usable: async () => {
      const loaded = loadProject(options);
      const { project, problems } = await check(loaded);
      if (project !== null) return { project, referenceFiles: loaded.referenceFiles };
      throw new ProjectInvalidError(problems.filter(({ severity }) => severity === 'error'));
    },
  };
}
