import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { loadProject, type LoadedProject } from '../config/load-project';
import type { CliContext } from './cli-context';
import type { ProjectArguments } from './parse-arguments';
import { readSettings, settingOf, type Settings } from './read-settings';

export interface OpenedProject {
  readonly folder: string;
  readonly environment: string;
  readonly loaded: LoadedProject;
  readonly settings: Settings;
}

/** Loads the project that the flags, the environment or the working folder name; `values` win over settings files. */
export function openProject(
  context: CliContext,
  { folder, env }: ProjectArguments,
  values: Readonly<Record<string, string>> = {},
): OpenedProject {
  const settings = readSettings(context.appFolder, context.env, values);
  const chosen = shorten(context, resolve(context.workingFolder, folder ?? defaultFolder(context, settings)));
  const environment = env ?? settingOf(settings.env, 'SLUICE_ENVIRONMENT') ?? 'local';
  const loaded = loadProject({ folder: chosen, environment, env: settings.env });
  for (const note of settings.notes) context.err(`${note}\n`);
  return { folder: chosen, environment, loaded, settings };
}

function defaultFolder({ workingFolder, appFolder }: CliContext, { env }: Settings): string {
  const chosen = settingOf(env, 'SLUICE_PIPELINES_FOLDER');
  if (chosen !== undefined) return resolve(appFolder, chosen);
  const here = join(workingFolder, 'pipelines');
  return existsSync(here) ? here : join(appFolder, 'pipelines');
}

/** Relative to the process where that is below it, so that a terminal can open it. */
function shorten({ workingFolder }: CliContext, folder: string): string {
  if (workingFolder !== process.cwd()) return folder;
  const shorter = relative(workingFolder, folder);
  return shorter === '' || shorter.startsWith('..') ? folder : shorter;
}
