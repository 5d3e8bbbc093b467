import { checkAlerts } from './checks/check-alerts';
import { checkConnections } from './checks/check-connections';
import { checkPipeline } from './checks/check-pipeline';
import { checkReferences } from './checks/check-references';
import { Definitions, type Location } from './definitions';
import { loadPrices, type LoadedPrices } from './load-prices';
import { listProjectFiles } from './list-project-files';
import type { Problem, Project } from './project';
import { readReferenceFiles, type ReferenceContents } from './reference-files';
import type { Guards } from './schema/guards';
import type { AlertsConfig } from './schema/alerts';
import { parsePath, type YamlPath } from './yaml/yaml-path';

export interface LoadOptions {
  /** The folder with connections.yaml, the pipelines and environments/. */
  readonly folder: string;
  /** Which of `environments/*.yaml` is laid over; it must exist where there are any. */
  readonly environment: string;
  /** Values for `${env:NAME}`, usually `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LoadedProject {
  /** Null when any problem is an error. */
  readonly project: Project | null;
  /** What could be read, whatever is wrong elsewhere; for further checks only. */
  readonly partial: Project;
  /** By file, line and column. */
  readonly problems: readonly Problem[];
  /** The files that lookups and relationships read, as they were at this moment. */
  readonly referenceFiles: ReferenceContents;
  /** Of pipelines whose definition is not that of the folder: what their own reference files held. */
  readonly ownReferenceFiles?: Readonly<Record<string, ReferenceContents>>;
  /** What things cost. */
  readonly prices: LoadedPrices;
  /** What the environment asks of people; null where its overlay cannot be read, so that nobody knows. */
  readonly guards: Guards | null;
  /** alerts.yaml; null where there is none, or it cannot be read. */
  readonly alerts: AlertsConfig | null;
  /**
   * The place of a path such as `transform[2].derive.delayed` in the file of a pipeline, or in the overlay that changed
   * it. A path that does not exist gives the place of its nearest parent.
   */
  readonly locate: (pipeline: string, path: string | YamlPath) => Location;
  /** The same for a connection; the path begins below its name. */
  readonly locateConnection: (connection: string, path: string | YamlPath) => Location;
}

/**
 * Reads a pipelines folder for one environment: YAML, overlay, environment variables, schemas, and what can be checked
 * without an engine. Collects every problem and never throws for what a file holds.
 */
export function loadProject({ folder, environment, env }: LoadOptions): LoadedProject {
  const { files, problems, overlayMissing } = listProjectFiles(folder, environment);
  const definitions = new Definitions(folder);
  for (const file of files) if (file.kind !== 'overlay') definitions.add(file);
  for (const file of files) if (file.kind === 'overlay') definitions.add(file);
  const partial = definitions.parse(environment, env);
  const alerts = definitions.parseAlerts(env);

  const locate = (name: string, path: YamlPath): Location => definitions.locate('pipelines', name, path);
  const prices = loadPrices(folder);
  const references = readReferenceFiles(folder, partial, locate);
  const all = inOrder([
    ...problems,
    ...prices.problems,
    ...references.problems,
    ...definitions.problems,
    ...checkConnections(partial.connections, (name, path) => definitions.locate('connections', name, path)),
    ...checkReferences({
      project: partial,
      pipelineNames: definitions.names('pipelines'),
      connectionNames: definitions.names('connections'),
      locate,
    }),
    ...Object.entries(partial.pipelines).flatMap(([name, pipeline]) =>
      checkPipeline(pipeline, (path) => locate(name, path)),
    ),
    ...(alerts === null
      ? []
      : checkAlerts(alerts, definitions.names('pipelines'), (path) => definitions.locateAlerts(path))),
  ]);
  return {
    project: all.some((problem) => problem.severity === 'error') ? null : partial,
    partial,
    problems: all,
    referenceFiles: references.contents,
    alerts,
    prices,
    guards: overlayMissing ? null : definitions.guards,
    locate: (name, path) => locate(name, asPath(path)),
    locateConnection: (name, path) => definitions.locate('connections', name, asPath(path)),
  };
}

/** The reference files as one pipeline reads them. */
export function referenceFilesOf(
  { referenceFiles, ownReferenceFiles = {} }: Pick<LoadedProject, 'referenceFiles' | 'ownReferenceFiles'>,
  pipeline: string,
): ReferenceContents {
  return (Object.hasOwn(ownReferenceFiles, pipeline) ? ownReferenceFiles[pipeline] : undefined) ?? referenceFiles;
}

function asPath(path: string | YamlPath): YamlPath {
  return typeof path === 'string' ? parsePath(path) : path;
}

/** By file, line and column; what is said twice is said once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      compare(a.line, b.line) ||
      compare(a.column, b.column) ||
      compare(a.path, b.path) ||
      compare(a.code, b.code),
  );
}
